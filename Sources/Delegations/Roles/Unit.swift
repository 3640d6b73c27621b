public import Vocabulary

/// What the role rules need to know of a unit of Enhetsregisteret.
public struct Unit: Sendable, Hashable {
    /// Its number.
    public let number: OrganisationNumber
    /// The code of its organisation form, such as `AS`; empty when it is not known any more.
    public let form: String
    /// Its main unit, of a sub-unit; nil of a main unit, whatever stands above that.
    public let mainUnit: OrganisationNumber?
    /// Whether it stands in the register as existing.
    public let isLive: Bool
    /// The day it was deleted, where that is known.
    public let deleted: CalendarDate?

    /// A unit; live unless a day of deletion or `isLive` says otherwise.
    public init(
        number: OrganisationNumber,
        form: String,
        mainUnit: OrganisationNumber? = nil,
        isLive: Bool = true,
        deleted: CalendarDate? = nil
    ) {
        self.number = number
        self.form = form
        self.mainUnit = mainUnit
        self.isLive = isLive && deleted == nil
        self.deleted = deleted
    }
}
