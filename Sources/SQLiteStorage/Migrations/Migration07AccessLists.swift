extension Migration {
    /// Lists of organisations that may be given rights on certain resources.
    static let accessLists = Migration(
        number: 7,
        name: "access lists",
        sql: """
            CREATE TABLE access_list (
                id INTEGER PRIMARY KEY NOT NULL,
                owner INTEGER NOT NULL,
                identifier TEXT NOT NULL,
                name TEXT NOT NULL,
                description TEXT NOT NULL,
                created INTEGER NOT NULL,
                last_updated INTEGER NOT NULL,
                UNIQUE (owner, identifier)
            ) STRICT;

            CREATE TABLE access_list_member (
                organisation INTEGER NOT NULL,
                list INTEGER NOT NULL REFERENCES access_list (id),
                since INTEGER NOT NULL,
                PRIMARY KEY (organisation, list)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX access_list_member_list ON access_list_member (list);

            -- `actions` is a JSON array of actions, empty for all. `resource` may be one of which no row is stored.
            CREATE TABLE access_list_connection (
                resource TEXT NOT NULL,
                list INTEGER NOT NULL REFERENCES access_list (id),
                actions TEXT NOT NULL,
                PRIMARY KEY (resource, list)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX access_list_connection_list ON access_list_connection (list);
            """
    )
}
