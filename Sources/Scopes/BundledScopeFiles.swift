/// The scope files of the repository's `scopes/`, compiled in: what `init --demo` copies to its data folder.
public enum BundledScopeFiles {
    /// The files' names and contents, by name.
    public static let all: [(name: String, bytes: [UInt8])] = [
        ("altinn.yaml", PackageResources.altinn_yaml),
        ("arkiv.yaml", PackageResources.arkiv_yaml),
        ("brreg.yaml", PackageResources.brreg_yaml),
        ("datatjeneste.yaml", PackageResources.datatjeneste_yaml),
        ("demo.yaml", PackageResources.demo_yaml),
        ("eformidling.yaml", PackageResources.eformidling_yaml),
        ("elma.yaml", PackageResources.elma_yaml),
        ("fint.yaml", PackageResources.fint_yaml),
        ("folkeregister.yaml", PackageResources.folkeregister_yaml),
        ("idporten.yaml", PackageResources.idporten_yaml),
        ("krr.yaml", PackageResources.krr_yaml),
        ("ks.yaml", PackageResources.ks_yaml),
        ("nav.yaml", PackageResources.nav_yaml),
        ("portvakt.yaml", PackageResources.portvakt_yaml),
        ("skatteetaten.yaml", PackageResources.skatteetaten_yaml),
        ("svv.yaml", PackageResources.svv_yaml),
    ]
}
