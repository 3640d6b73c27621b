public import Vocabulary

/// Makes items of facts; pure.
public enum AttentionList {
    /// More refusals than this share of a client's requests are too many.
    public static let refusedShare = 0.2
    /// Fewer requests than this tell nothing.
    public static let fewestRequests = 10
    /// An age of the register from which somebody should look.
    public static let oldRegister = Seconds.hours(24)
    /// An age of the register at which rights are not watched any more.
    public static let outdatedRegister = Seconds.days(7)

    /// So long after an entry a checkpoint that covers it is late: a running server signs one each minute.
    public static let lateCheckpoint = Seconds.minutes(10)
    /// So long after it something is broken.
    public static let missingCheckpoint = Seconds.hours(24)

    /// The items of the store's facts and, where they were looked at, of the surroundings; the most pressing first.
    public static func items(
        _ facts: AttentionFacts,
        _ surroundings: AttentionSurroundings?,
        at now: Timestamp
    ) -> [AttentionItem] {
        var items =
            ending(facts.clientKeys, .clientKey, at: now) + ending(facts.signingKeys, .signingKey, at: now)
            + ending(facts.accesses, .access, at: now) + ending(facts.delegations, .delegation, at: now)
        items += facts.closed.map(closed)
        items += facts.requests.compactMap(refusals)
        items += facts.feeds.compactMap { age(of: $0, at: now) }
        items += facts.undelivered.map(undelivered)
        if let fault = facts.ledgerFault {
            items.append(
                AttentionItem(
                    .ledger,
                    "head",
                    .critical,
                    fault,
                    norwegian: "loggens siste innslag kan ikke leses, eller følger ikke av det foran",
                    command: "portvakt audit verify"
                )
            )
        }
        items += [facts.oldestUncovered.flatMap { uncovered(since: $0, at: now) }].compactMap(\.self)
        items += facts.incidents.map { incident in
            AttentionItem(
                .incident,
                "\(incident.id)",
                .critical,
                since: incident.declared,
                "incident \(incident.id): the \(incident.kind.replacing("_", with: " ")) `\(incident.subject)` was stopped at "
                    + "`\(incident.declared)`; send the reports",
                norwegian:
                    "hendelse \(incident.id): `\(incident.subject)` ble stanset `\(incident.declared)`; send rapportene"
            )
        }
        if let surroundings {
            items +=
                ending(surroundings.trust, .trustAnchor, at: now) + ending(surroundings.tls, .tlsCertificate, at: now)
            if let drift = surroundings.drift {
                items.append(
                    AttentionItem(
                        .scopeDrift,
                        "scopes",
                        .warning,
                        "scope files in the data folder and the store differ: \(drift)",
                        norwegian: "scope-filene i datamappen og det som er lagret, er ulike",
                        command: "portvakt scope diff"
                    )
                )
            }
        }
        return sorted(items)
    }

    /// The most pressing first, then by what ends first.
    public static func sorted(_ items: [AttentionItem]) -> [AttentionItem] {
        items.sorted { left, right in
            if left.severity != right.severity { return left.severity > right.severity }
            let ends = (left.until?.seconds ?? .max, right.until?.seconds ?? .max)
            return ends.0 == ends.1 ? left.id < right.id : ends.0 < ends.1
        }
    }

    // MARK: Kinds

    private static func ending(
        _ ending: AttentionFacts.Ending,
        _ kind: AttentionItem.Kind,
        at now: Timestamp
    ) -> [AttentionItem] {
        var items = ending.things.compactMap { thing -> AttentionItem? in
            guard let (severity, since) = AttentionSteps.step(of: thing.end, at: now) else { return nil }
            return AttentionItem(
                kind,
                thing.subject,
                severity,
                party: thing.party,
                other: thing.other,
                since: since,
                until: thing.end,
                "\(thing.name) \(AttentionSteps.words(thing.end, severity))",
                norwegian: thing.norwegianName.map { "\($0) \(AttentionSteps.norwegianWords(thing.end, severity))" },
                command: thing.command
            )
        }
        let more = ending.count - ending.things.count
        if more > 0, let last = ending.things.last {
            items.append(
                AttentionItem(
                    kind,
                    "more",
                    AttentionSteps.step(of: last.end, at: now)?.0 ?? .notice,
                    "\(more) more of this kind, which end after those that are listed",
                    norwegian: "\(more) til av samme slag, som utløper etter dem som er nevnt"
                )
            )
        }
        return items
    }

    private static func closed(_ closed: AttentionFacts.Closed) -> AttentionItem {
        let held = [
            (closed.accesses, "access to 1 scope", "access to # scopes", "tilgang til 1 scope", "tilgang til # scopes"),
            (closed.clients, "1 active client", "# active clients", "1 aktiv klient", "# aktive klienter"),
            (closed.delegations, "1 delegation", "# delegations", "1 delegering", "# delegeringer"),
        ].filter { $0.0 > 0 }
        let english = held.map { $0.0 == 1 ? $0.1 : $0.2.replacing("#", with: "\($0.0)") }.joined(separator: ", ")
        let norwegian = held.map { $0.0 == 1 ? $0.3 : $0.4.replacing("#", with: "\($0.0)") }.joined(separator: ", ")
        let command =
            if closed.accesses > 0 {
                "portvakt access list --org \(closed.organisation)"
            } else if closed.clients > 0 {
                "portvakt client list --org \(closed.organisation)"
            } else {
                "portvakt delegation list --consumer \(closed.organisation)"
            }
        return AttentionItem(
            .closedOrganisation,
            "\(closed.organisation)",
            .warning,
            party: closed.organisation,
            since: closed.day?.start,
            "`\(closed.organisation)` is deleted from the register\(closed.day.map { " since \($0)" } ?? "") and has "
                + english,
            norwegian:
                "`\(closed.organisation)` er slettet fra registeret\(closed.day.map { " siden \($0)" } ?? "") og har "
                + norwegian,
            command: command
        )
    }

    private static func refusals(_ requests: AttentionFacts.Requests) -> AttentionItem? {
        let all = requests.issued + requests.refused
        guard all >= fewestRequests, Double(requests.refused) > refusedShare * Double(all) else { return nil }
        // The share in steps of ten: an item that changed with each request would be news each time.
        let share = requests.refused * 10 / all * 10
        return AttentionItem(
            .refusals,
            "\(requests.client)",
            .warning,
            party: requests.owner,
            "more than \(max(20, share)) % of what the client `\(requests.client)` asked for in the last hour was refused",
            norwegian:
                "mer enn \(max(20, share)) % av det klienten `\(requests.client)` ba om den siste timen, ble avslått",
            command: "portvakt audit search --client \(ShellWord.quoted(requests.client.rawValue)) --since 1h"
        )
    }

    private static func age(of feed: AttentionFacts.Feed, at now: Timestamp) -> AttentionItem? {
        let age = now - feed.updated
        guard age >= oldRegister else { return nil }
        let isOutdated = age >= outdatedRegister
        return AttentionItem(
            .registerAge,
            feed.name,
            isOutdated ? .critical : .warning,
            since: feed.updated + (isOutdated ? outdatedRegister : oldRegister),
            "the register (`\(feed.name)`) was last brought up to date at `\(feed.updated)`",
            norwegian: "registeret (`\(feed.name)`) ble sist oppdatert `\(feed.updated)`",
            command: "portvakt org sync"
        )
    }

    private static func uncovered(since oldest: Timestamp, at now: Timestamp) -> AttentionItem? {
        let age = now - oldest
        guard age >= lateCheckpoint else { return nil }
        let isMissing = age >= missingCheckpoint
        return AttentionItem(
            .checkpoint,
            "newest",
            isMissing ? .critical : .warning,
            since: oldest + (isMissing ? missingCheckpoint : lateCheckpoint),
            "no checkpoint was signed for the ledger's entries since `\(oldest)`: the server's log says why, or no server runs",
            norwegian:
                "ingen kontrollpunkt er signert for innslagene i loggen siden `\(oldest)`: serverens logg sier hvorfor, "
                + "eller ingen server kjører"
        )
    }

    private static func undelivered(_ undelivered: AttentionFacts.Undelivered) -> AttentionItem {
        AttentionItem(
            .webhook,
            undelivered.target,
            .warning,
            since: undelivered.last,
            "\(undelivered.count) notices to the webhook `\(undelivered.target)` were given up, the last at "
                + "`\(undelivered.last)`",
            norwegian:
                "\(undelivered.count) varsler til webhooken `\(undelivered.target)` kom ikke frem, det siste "
                + "`\(undelivered.last)`",
            command: "portvakt webhook test \(undelivered.target)"
        )
    }
}
