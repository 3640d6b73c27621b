extension CommandExamples {
    /// Those of requests for access, of `explain` and of the reports.
    static let requestsAndReports = [
        "access accept-terms": "portvakt access accept-terms acme:catch.read 314200772 2",
        "access agree":
            "portvakt access agree acme:catch.read 314200772 312345673 --reference 'Case 2026/14'",
        "access agreements": "portvakt access agreements --org 314200772",
        "access approve": "portvakt access approve acme:catch.read 314200772 --until 2026-12-31",
        "access deny": "portvakt access deny acme:catch.read 314200772 --reason 'No legal basis'",
        "access disagree": "portvakt access disagree acme:catch.read 314200772 312345673 --yes",
        "access request":
            "portvakt access request acme:catch.read 314200772 --purpose 'Catch statistics' --until 2027-06-30",
        "access requests": "portvakt access requests --owner 310000124",
        "access withdraw": "portvakt access withdraw acme:catch.read 314200772",
        "explain":
            "portvakt explain 5c21a5a0-6a0b-4b4e-9a53-7f0b4f0f8f51 --scope acme:catch.read --consumer-org 314200772",
        "report person": "portvakt report person --format markdown",
        "report processing": "portvakt report processing --org 310000124 --format csv",
    ]
}
