/// The trust material of `keys/trust` in the repository, compiled into the program.
///
/// A data folder gets a copy of its environment's files when it is made; after that the copy counts.
public enum BundledTrust: String, Sendable, CaseIterable {
    /// The roots and issuing authorities of Buypass and Commfides for real enterprise certificates.
    case prod
    /// Their test twins.
    case test

    /// The files of an environment, by the names that they have in its folder.
    public static func files(for environment: BundledTrust) -> [TrustStore.File] {
        let files: [(String, [UInt8])] =
            switch environment {
            case .prod:
                [
                    ("buypass-issuing-g2-ht-business.pem", PackageResources.buypass_issuing_g2_ht_business_pem),
                    ("buypass-issuing-g2-st-business.pem", PackageResources.buypass_issuing_g2_st_business_pem),
                    ("buypass-root-g2-ht.pem", PackageResources.buypass_root_g2_ht_pem),
                    ("buypass-root-g2-st.pem", PackageResources.buypass_root_g2_st_pem),
                    ("commfides-issuing-g3-legal-person.pem", PackageResources.commfides_issuing_g3_legal_person_pem),
                    ("commfides-root-g3.pem", PackageResources.commfides_root_g3_pem),
                    ("profile.yaml", PackageResources.prod_profile_yaml),
                ]
            case .test:
                [
                    (
                        "buypass-test4-issuing-g2-ht-business.pem",
                        PackageResources.buypass_test4_issuing_g2_ht_business_pem
                    ),
                    (
                        "buypass-test4-issuing-g2-st-business.pem",
                        PackageResources.buypass_test4_issuing_g2_st_business_pem
                    ),
                    ("buypass-test4-root-g2-ht.pem", PackageResources.buypass_test4_root_g2_ht_pem),
                    ("buypass-test4-root-g2-st.pem", PackageResources.buypass_test4_root_g2_st_pem),
                    (
                        "commfides-test-issuing-g3-legal-person.pem",
                        PackageResources.commfides_test_issuing_g3_legal_person_pem
                    ),
                    ("commfides-test-root-g3.pem", PackageResources.commfides_test_root_g3_pem),
                    ("profile.yaml", PackageResources.test_profile_yaml),
                ]
            }
        return files.map { TrustStore.File(name: $0.0, contents: $0.1) }
    }

    /// The files for European organisations' seals: the profile, and no anchor until an operator has chosen some.
    public static func sealFiles(for environment: BundledTrust) -> [TrustStore.File] {
        let profile =
            switch environment {
            case .prod: PackageResources.prod_eseal_profile_yaml
            case .test: PackageResources.test_eseal_profile_yaml
            }
        return [TrustStore.File(name: "profile.yaml", contents: profile)]
    }

    /// The profile of an environment alone, as for the demo world's own anchors.
    public static func profile(for environment: BundledTrust) -> TrustStore.File? {
        files(for: environment).first { $0.name == "profile.yaml" }
    }
}
