public import Vocabulary

/// A unit of Enhetsregisteret (enhet or underenhet) as the local register keeps it.
///
/// Only what a token server needs; telephone, e-mail, share capital and the like are read past.
/// Source: the register's open API, media type v2.
public struct Organisation: Sendable, Hashable {
    /// Which of the register's two series of units it belongs to.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A main unit (enhet), the legal person.
        case mainUnit = "main_unit"
        /// A sub-unit (underenhet), a place of business of a main unit.
        case subUnit = "sub_unit"
    }

    /// The organisation form (organisasjonsform), such as `AS`, `ORGL`, `KOMM` or `BEDR`.
    public struct Form: Sendable, Hashable {
        /// The register's code.
        public let code: String
        /// The register's wording, in Norwegian.
        public let description: String?

        /// A form with its wording.
        public init(code: String, description: String?) {
            self.code = code
            self.description = description
        }
    }

    /// An earlier name with its days of use.
    public struct HistoricName: Sendable, Hashable {
        /// The name.
        public let name: String
        /// The first day of use.
        public let from: CalendarDate?
        /// The last day of use.
        public let until: CalendarDate?

        /// A name with its days of use.
        public init(name: String, from: CalendarDate?, until: CalendarDate?) {
            self.name = name
            self.from = from
            self.until = until
        }
    }

    /// What threatens a live unit: bankruptcy (konkurs), winding-up (avvikling), compulsory winding-up.
    public struct Distress: Sendable, Hashable {
        /// In bankruptcy.
        public var bankrupt = false
        /// The day bankruptcy was opened.
        public var bankruptSince: CalendarDate?
        /// Being wound up by its own decision.
        public var windingUp = false
        /// The day winding-up began.
        public var windingUpSince: CalendarDate?
        /// Under compulsory winding-up or dissolution (tvangsavvikling eller tvangsoppløsning).
        public var compulsoryWindingUp = false
        /// The first day of any compulsory winding-up or dissolution.
        public var compulsoryWindingUpSince: CalendarDate?

        /// No distress.
        public init() {}

        /// Whether any of the three holds.
        public var isPresent: Bool { bankrupt || windingUp || compulsoryWindingUp }
    }

    /// The days it entered the registers that Enhetsregisteret shows beside its own.
    public struct Registrations: Sendable, Hashable {
        /// In Foretaksregisteret, the register of business enterprises.
        public var businessEnterprises: CalendarDate?
        /// In Merverdiavgiftsregisteret, the register of value added tax.
        public var valueAddedTax: CalendarDate?
        /// In Frivillighetsregisteret, the register of non-profit organisations.
        public var nonProfit: CalendarDate?

        /// None.
        public init() {}
    }

    /// The address for display, in the register's words.
    public struct Address: Sendable, Hashable {
        /// Street or box, one or more lines.
        public let lines: [String]
        /// Postal code; nil abroad.
        public let postalCode: String?
        /// Post town or foreign place.
        public let place: String?
        /// ISO 3166-1 alpha-2 country code.
        public let countryCode: String?

        /// An address.
        public init(lines: [String], postalCode: String?, place: String?, countryCode: String?) {
            self.lines = lines
            self.postalCode = postalCode
            self.place = place
            self.countryCode = countryCode
        }
    }

    /// The organisation number.
    public let number: OrganisationNumber
    /// Main unit or sub-unit.
    public let kind: Kind
    /// The name, normally in upper case; empty when it was purged (``isPurged``).
    public var name: String
    /// Earlier names.
    public var historicNames: [HistoricName] = []
    /// The form.
    public var form: Form
    /// The unit above: of every sub-unit its main unit, of an `ORGL` its parent.
    public var parent: OrganisationNumber?
    /// The day it was registered in Enhetsregisteret.
    public var registered: CalendarDate?
    /// The days it entered other registers.
    public var registrations = Registrations()
    /// The day it was founded (stiftelsesdato) or, for a sub-unit, started.
    public var founded: CalendarDate?
    /// Municipality number (kommunenummer) of the business address, four digits.
    public var municipality: String?
    /// The first industry code (næringskode), `dd.ddd`.
    public var industryCode: String?
    /// The business address (or a sub-unit's location).
    public var address: Address?
    /// Threats to a live unit.
    public var distress = Distress()
    /// The day a negotiation on reconstruction was opened (underRekonstruksjonsforhandlingDato); shown, not decided on.
    public var reconstructionSince: CalendarDate?
    /// The day foreign insolvency proceedings were opened (underUtenlandskInsolvensbehandlingDato); shown, not decided on.
    public var foreignInsolvencySince: CalendarDate?
    /// The day a sub-unit closed down (nedleggelsesdato); it lives in the register until it is deleted there.
    public var closedDown: CalendarDate?
    /// The day it was deleted from the register.
    public var deleted: CalendarDate?
    /// Deleted without a day given (a `Slettet…` class, or missing from a whole register).
    public var isDeleted: Bool
    /// Removed from open data for legal reasons (Fjernet): only number and kind are left.
    public var isPurged = false

    /// A live unit of which only the needful is known.
    public init(number: OrganisationNumber, kind: Kind, name: String, form: Form, parent: OrganisationNumber? = nil) {
        self.number = number
        self.kind = kind
        self.name = name
        self.form = form
        self.parent = parent
        self.isDeleted = false
    }

    /// Whether it stands in the register as existing.
    public var isLive: Bool { !isDeleted && deleted == nil && !isPurged }
}
