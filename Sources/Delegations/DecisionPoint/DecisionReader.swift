/// All that decisions are made on, read inside an open transaction or snapshot; blocks.
public protocol DecisionReader: RoleReader, ResourceReader, DelegationReader, AccessListReader, SystemUserReader {}
