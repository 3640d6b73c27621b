/// Keys that other tools wrote, made for these tests alone with `openssl` 3.0; the pass phrase of all is `correct`.
enum KeyFixture {
    /// PKCS#1 (`genrsa -traditional`).
    static let rsaPKCS1 = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEowIBAAKCAQEA4P3MKH0k/xKzoR4Me1LjkelFhbTrvqxPkhEgnL2xxD7hB94b
        lLUtQki6ufDX0Ra4cAqY4kd0k5zImqBQH49w09PHFuxEPzCbuP2z2pAvmq0yIpV0
        olC0OVh1R43uZ8ZOcnQ5clLQbnES2Hq0y/89auISyFXP4cUy12GO5/Jbm2fDSEDk
        oCUtvUu+Y0fu8ADMeCvrrqlHznLNTuqjOow4w/eR5nQPaHeKv5xkMhIrc4fcp871
        jScoVZWL2RE/DgR9ad6Ss0WS8fbuY4RgdQiat3PYvsJE/V/sbful8ExWxEy3FbR9
        tPCo7t+BN9D5ElhMchmkwoelHnVna21VcbAGTQIDAQABAoIBABQ4CpxK3sPDaPwe
        KK3+fW/z4CkLYLIiZwYv3tfnHi4OHofn+F+NRpNx2MHz+FkUax+6fBG9rSbEzKxE
        ot6rM879daNEOT/afOwLdJm8ImMKlHpSJwidKw0KO4PiJ94QjqUvd6gj9BIwvCpT
        IKNCfUD5Lwns2EEoSRDc9gw3Fe9poQslhZ+kSj+/EvgFfLPafWPJBtrIAh3Cevzx
        f8l7S1af55HE+w74vs1Vtnj1ILtiaJr5yoTnBz5QdNo1up5atkrrXlpxAt9KsEv5
        mLTZYUbZxYlnKa6yxmq1wMKzo11pbk78pKW8In2AO8pqFW5U5DzjMHe2C63crH8F
        xElU7ysCgYEA/SoCh0qgJxRqM9eFS3VODpWCdQ7REfA55PXZLND2f5BcrqIg3qi/
        vP9fYCKqjS+Lwg2ygU5fZ1uydwsdk5ARwmDHX+Q0r6quAe1FqgRzYJjygNiEwvxR
        +7PZA1h4I4KbpEgiJ459fpcBNKToqIo4Ul2EP7JLifN2FA00xHP3dhMCgYEA44L/
        aZAd/eZDrkWVnltqSwh7Z2AxXbc/8EMjuwEmwnEfTVdL1IkLd1Wtif81eHhmbNNA
        1hpq/Q37X0c+VQ3J1+RalR4/UaDjyx2OCEp1XC/6GaACpkiU4RRdpKNUk+HKS+wn
        I/6Oc/iDaxTWG8m5f/2dRMWJLZ+xAQLMTEPjnh8CgYBrrMx6gnDvbi1lc0sMNw5G
        Aa0E4JJnkMbu7Om7t/y/cMUauXZFfXxfhDYqi1QCzLAijvTXLmBBc6zKGP4xXttO
        0x65WDRYar2rsCErGM2BzkuGJZEB5ZNw/KNWWvBuGgTcsJlmPaJ+jvdCTslttawS
        zBeNh+W8/MHB8YP58mDT5QKBgQCST1I17up6t7RaxIEdn6hRrJi/uErG++vwdRzr
        TChC70C0Gim3+pIXIlBB6I/Yc4VbAtg1WDPpnS5E7aoWRJHDdyURtKv/sLoNi2ol
        xsyGhowOIqrRiOfFf7VhBXCE0bWo8auSKEgwKGdLW9D9edMDjnOvIGHBp2rLPaNo
        gFhG/QKBgCWAPtJd0HE7TSWTiCBKaET/Q2BoMYL79b4lMqFNYBzhGT2tube8Y/eZ
        pcngWQZAYO/pTWSS3H3je/NLS27Qd5VNKjPGQkMjsYgCheR7Nndz2oseThGdW1cy
        SfUIyV5GAdi6YthjMU5SQcd2GsFPGAKgsWTP2oec/9ahE4xjQpU4
        -----END RSA PRIVATE KEY-----
        """

    /// The same, traditional encryption with AES-256-CBC.
    static let rsaPKCS1Encrypted = """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,0AD53348E5D0DB30FB00B49E1C1D1D1C

        rpRO+tyapad66z+62UgW+DLKL7Lvhgy6/qqem5lCjf7CDc1AGgElqIkxCPRZf9th
        SJ7LykpDFmcDZEfj95hLFDSDHFZolGWhxfalqfqqTJBn3NS46dMDMrX2haeubALc
        Nrf8zsure+zoTtO7lJy4t4v4u6vIRpv6fcaSvR+sfdKy3f0WCrXlUL98Q9uFl1mI
        73AZP4wc7a7zKDwmqb1GtMhZEueEhmhKzJOv8K3IexFGx5Px173ZXZCQW0ukJVQl
        fnnO52HlssmTFZG6ka9/qg/nw5DNVQ9ilhWBy0RW/aUoAvFYyugFj4p+JoJ3uiEJ
        74XZZAztDLMHv2q51AH7eLN1vw5yKhCLUYp5YZFRNuZSK2kXUnTYKzJDobqhihjA
        F/KT0h1XOZLOvMATAh2C7gzRr78C0zfW0NnU2PEwg5PbzMSplrpeJ98PmoPxd1r6
        qimq6gngHp7NMg9PE7cmx2UVsmbL2wFw8tRc2rhGcmowgm61JidKoQbroVcCmxj6
        56mwwtlX/aSPOAELpfeamrWlXsD8rno8ERyA5W7hbaxhS1lAG0phGUZ5Smw9vO/E
        RXKkJ+Ald6QhtdDj7qdgzJVEo5BRFKt4ph+WApTN5pMLO0h1BqZ6jycDQphdTy6i
        /W/vXRSqIdmFJuDzISvX3+QFONkS583F5cGfo2fHVyiI0jN9RAuLUzHfOARxsBmE
        GAIQL9Fljx2o1SaWNOFMb+4ZCwND+DXnBIqXhSj6RsVq/Bj7JqQ8ucg/JV4oc28w
        FX/FQm0tTt0cuVdeV8draB/E5gQNYbjnEKHwNFWA7pbdQ4rZRx6OE35ouHnNx55U
        Cidl9EV7HAhyQ5S3GQP3b2QIDrjV434UWtaC5Sp2se8ujj8LnMjKkHpdtjCECpUM
        oeKMGcRsXn8YHBiLhXIR/UGFsJh1U9Szh1u50eMkV//RGo/kkbUEcy8ecANJBuxf
        2hxYWG1+yPqx6o5FNN109m/j3hr2z/ynvz9a/zXsuZGQGiWp0IOTE983iL2nMgpS
        WJKtiKnnjtYA0g+UeJmik/Wq2oMNRLciPBWodPzG/8Ymf51+nC08woZzmqAn2K9Y
        Iq6QzYkZCcZPM443kgHCJGiSxwjuUU1a15vUNK+clcmKGNY3Z55DrzO/U1mE8eKv
        SOerGhdPh2dkJv8deIwSuRfhyTtH/lREmkMeRRQyL2OIjUlBlU2946xzMaYSvN4/
        u/KN7zlvQ03T2srVu0MEVcshS1B2N555rnuLaFa+ns+oDZejOz3QIncHSlOggX3R
        P5ih+7VDTn7YSQVsJHwtcLu76F/22LWlZsCK4GRxWaE54YJzvKJmsa8wL5m3VIHw
        88YVL48mqunvKno2ro86Ufws5XxEwTanlrOXPdpXIapggSZ5eftt1d4Xy1BXYWb3
        lL6NpRWGZMmu10sijeJJKNPf2inIXsqXoFBk7vZI5VxoXgVaOKj8GaHyN2pGOFoX
        YflyqUihTv2wea8qAgjUscDe7CYWPdSKy2X3rBVFhnWIuBiqbp/8EaPhPylzBfPy
        2FyX+Eu3I5nK4AHttiHN7TojhVMpKRL9jLElZXSsNASHEh9M4q2JPLwV2ZbT44Px
        -----END RSA PRIVATE KEY-----
        """

    /// Its public half as `RSA PUBLIC KEY`.
    static let rsaPublicPKCS1 = """
        -----BEGIN RSA PUBLIC KEY-----
        MIIBCgKCAQEA4P3MKH0k/xKzoR4Me1LjkelFhbTrvqxPkhEgnL2xxD7hB94blLUt
        Qki6ufDX0Ra4cAqY4kd0k5zImqBQH49w09PHFuxEPzCbuP2z2pAvmq0yIpV0olC0
        OVh1R43uZ8ZOcnQ5clLQbnES2Hq0y/89auISyFXP4cUy12GO5/Jbm2fDSEDkoCUt
        vUu+Y0fu8ADMeCvrrqlHznLNTuqjOow4w/eR5nQPaHeKv5xkMhIrc4fcp871jSco
        VZWL2RE/DgR9ad6Ss0WS8fbuY4RgdQiat3PYvsJE/V/sbful8ExWxEy3FbR9tPCo
        7t+BN9D5ElhMchmkwoelHnVna21VcbAGTQIDAQAB
        -----END RSA PUBLIC KEY-----
        """

    /// Its public half as `PUBLIC KEY`.
    static let rsaPublic = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4P3MKH0k/xKzoR4Me1Lj
        kelFhbTrvqxPkhEgnL2xxD7hB94blLUtQki6ufDX0Ra4cAqY4kd0k5zImqBQH49w
        09PHFuxEPzCbuP2z2pAvmq0yIpV0olC0OVh1R43uZ8ZOcnQ5clLQbnES2Hq0y/89
        auISyFXP4cUy12GO5/Jbm2fDSEDkoCUtvUu+Y0fu8ADMeCvrrqlHznLNTuqjOow4
        w/eR5nQPaHeKv5xkMhIrc4fcp871jScoVZWL2RE/DgR9ad6Ss0WS8fbuY4RgdQia
        t3PYvsJE/V/sbful8ExWxEy3FbR9tPCo7t+BN9D5ElhMchmkwoelHnVna21VcbAG
        TQIDAQAB
        -----END PUBLIC KEY-----
        """

    /// An RSA key of three primes (RFC 8017 §3.2).
    static let rsaThreePrimes = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIE2QIBAQKCAQEAwqY8ANxScKpd8UQZmmx26KWlvMZI3nZpZ3L6RtIXSiwn9lxw
        lcL0tOIt+cunRbq7JXrAz6RuouY5/Eh00lgbFojJ9u3V6LOPSKaP3np5OiC5gGaJ
        04bKNr4EZdftChv5iENGxo+GCZmeCaV0g6GsBqtdNcLbb8vTaoD/Xun0BHSxue6T
        8FS6APnmblF8djqFieufbwU+Inp04dfvrnv9D2g9w+kBKZeX3YXshsQHnZ9fE7hk
        SEL3H2Igq+/zilCgc1zrMmmmuu+RO7jmv+hpLnLaEgrxAed6SHkkUzCZKRMGXQpn
        0UXvbrcrhYj2OY/WLjYaC0VyLri1utX1A9wUUQIDAQABAoIBAF1H6vOComNp0dFg
        kGCH4EhHsfCQmbU6y/KOkFBGOHEMTi5rSG0M29afmebe6Q+qmCsy85nOtFKOwHUd
        iBaRsJGRBjC2888r1du8LrAww03PBvb4rM4midzrm276T4sX1d9Vp4QyViwo+wdN
        Sxxq/3VA5opWDTYBjnT3j7Lei9i3vM3TW+KtTWeljDFSCMUnQXxyCMA1fjPuHLTs
        XEb+fxtwf3ZCElMbnp3BjMLKUQpabm0Ru3z66yRQdGuQAx88BFBh5zP4zsKPe8c1
        VCn4f/KP72ncF8TWBPDtn8yZlZRE8qWPoxJhC/v1n3z8ljUSacqxtpSorVeLThF0
        8vjFkAECVgf9E2/ZkAP3zIJJHEUpsq9A80mVz6GFtaQEYMZP9JaZZpDSxWFze9Yt
        cgY6zc1KFpr+oUPJcLfXHtJsM2mx+DkUVGcc4OiTaCnUoxZExSZe1f/u0a43AlYG
        OPQ3vFghJ48weqDxPc70JVyLOBEotlydvKGDnx541vFy/l+EX2RlJPe4Fw9U7CT0
        JVx/AHI7niJw1jLWFoAzzi95kMuhRGWOBgz7fJsW4uBKHscptwJWB93HA/7Cd4XN
        FgYUFm7nCvf0GWOx3yWhJW9CNEWLXbiUbMt/nWRwbwi1HTlOanYoKFvQRMXZfs4Q
        BbiSL+QVv28rZZXkSmDM01QVe9ogIJaGN8zdIKUCVgLB2fWYj7ShQuHIdOhw6vNk
        Ws2V2oSfygpbO3aHW4lQNU0vSkPtwR7QcrQwA6stuHI22/WqzPN97uTxBTW4YraR
        9pd3gcPD+vwj0jzdyhsqDRjK6pWhAlYCs1y7ETP2c8DTZX2MHyFXVn1oMhtCtu6v
        hjOOkoL4NGMRofeb4FS8BgyLl2ZOsOdyJ0TsSO3DCZmsO+/hL+zWq8YIfrAUzl06
        mXKuLsUzTw+bnAhS+jCCAQwwggEIAlYD6nG1ZxTxZHP5J0vtQYjV3eCr0U2lQ8sD
        oJpeHTf4Hfzi69S2Zn/IBdAq+Bt22S95gYAdcj+FIziut+uqatTBU1XTMKB84f6n
        PIhXM+AIcmGj0BH8AQJWAJrLRD/OtBfW8LpotxJPlvbUIrQHUWXOi5jZPX81jVLU
        IhZYmnHpeXGsW3ZEh22yLwkYR3PE60ItFo3ADmjAwbmknx/7KE2djSWDyDNyfNts
        yGbw4AECVgLMq0v9SXHGndN8AZezng9u/2pO9IHCeXtbeIV/KUfVIvlkW4xEWRN0
        a3X0FT5Ys8zndD3KmwR1gfofpgS+UvyplODT9DFftA0yqVlUP+lEaNNzWYq8
        -----END RSA PRIVATE KEY-----
        """

    /// An RSA key bound to PSS.
    static let rsaPSS = """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADALBgkqhkiG9w0BAQoEggSpMIIEpQIBAAKCAQEAzoLWUb2zjRJ2gvhl
        eVqs2tGTqRw1ILxN0oYz4JKRLUDSUwnFxn4v42KtpLOTn7SPBT372fKB0+1s+iIE
        weRlScugAr4UkcX1GNjK0PcCKlI7IwWr8DBYRtmB+W6Y9XODteNy2sXFZ1XE0fc/
        WJ8gxd41PjlvKDbcJfKEH5TCnpMbrhVTqMBX6RFAoKDYsrXP0UvH3juDhCQ95GDG
        Kj9BwO4A3vOFOUzeGToGc7WYtME3unPLfO8dQ+trNYd3jZQXi6rfwsECsIcoAhDl
        xDgCYUxaOr3Jbmt+gKGefPSesf4uly4B5Ix88S1ZvYC6Gt9+vDDQZkcIY1fkeOLg
        rxZlqQIDAQABAoIBAFmH9dz4bqihsYm0oWHMgxZXODpgBVSM7vxvvHwHbzN8X/Mq
        UHlu6doeRQQb6suZn0v5hIAIGGtGCzIin4dkOtmUk2m8+PP+K/W6v6t6+5BXmFXl
        tpZqj0sgL65xWZVIoHiyBHB+v8e+MpeJJwiH7NB8Nv8kLWH07trw2oFKoFnYy/Gt
        MmmGQo84nK8ux9YP9DEsqOKiBT3FTazRnVXIBtmL07lYVdHZ7AF5cGwCUeSSxU45
        70kg7Dg2AttkWx4nnQew20hQiGclm++Wxi62NGKqpcmXr6vVhLT1gWhF2gpDOfnV
        JEJWA+D/mBJvl8dzxOrBVcqyBLO5cxJLJ28KmfUCgYEA7fVjQ0k7hwlX3fC1iBKI
        Pcwa/IdpSENZemd+SHfesnpefjjQcKhm1ae7dCPU5TnB9Mujd1wySmCVa9UZYVeY
        UFNbZA0ocyHGQAQ/AyMX0XVemxinU/YXi1hCZ0Q4o7BpHY9p3qdq+oKcjCn/wRrx
        rRrGfwj0yvyalJ7+1Z2d0OsCgYEA3isTY4UA0bm8k2yFP/xXwLMhFJQW/NMwop5P
        H2m6A42SLMO1CksAalnbdxRzS0WwLp/benSnjFIhG8W+v5NUQRzr1VRzxEKAjB15
        dq07TRsdEmRcWMTER/khfDQw4cSsLMfNq1tiRWqUN5ibQLWnqfti8VhZdlZrzPc7
        9LQp3rsCgYEAtGEyOJw3ypoziCLiiN57dlTVFB5VmZisKFRxbt+m6aZHIOlSYEPX
        iBgYyeYriQOqWjVPmbhCywzB17b3AUoURLebbJFo2zV8AaT2Wxtr/7Q33dvnY4cF
        u/RQidU2Ficw116SQ1ynhHQj1UA1Bh21m6HTXBLe9UxcpVKNHELZkbcCgYEAxlf0
        plueoJ5Oods3lylk+o+xj9qqLysod3YYM3ZDcFqazsYmQbs18ryoN0aVq/TaVrW2
        zzuIPbkw/8dqBUS16q+0SC9ubx/j/bNutinwEGWNbdcVrtZ0WcEsSOObZGQeRphW
        oI4kTM7a5kujB4Fl31akPc1fiUucUE/FQjD6VHMCgYEAjb2I0Oa8FWaw3ZTpGPbc
        iyei74MsA7ICdGUe/uqjqQwViLjBT4LLKwOzBEL+4VcCInCo13YfhFBv5gPVaaYn
        Z930+xFIoGsgFgTl0kr3UVrjUDQEk1bphqwC5Jsl8GoLlhd/FdcpRHGkTX5UYI65
        G+j0YilTA6f/30wXYpdyQlc=
        -----END PRIVATE KEY-----
        """

    /// SEC 1, with the parameters before it, as `ecparam -genkey` writes it.
    static let ecSEC1 = """
        -----BEGIN EC PARAMETERS-----
        BggqhkjOPQMBBw==
        -----END EC PARAMETERS-----
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIKA8NKoOJM4ZD8S05EBgMLz9t8bUTXZn40/O8lbfdctXoAoGCCqGSM49
        AwEHoUQDQgAEQKdjkhr8bRyO0y2XQIHwpfeEI2Of/nvVCgbyRkUY7D7xFbpANGWC
        wkKwlHZqpxbn862d7kzEvC4l+Mjf/IiRjw==
        -----END EC PRIVATE KEY-----
        """

    /// The same key as PKCS#8.
    static let ecPKCS8 = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgoDw0qg4kzhkPxLTk
        QGAwvP23xtRNdmfjT87yVt91y1ehRANCAARAp2OSGvxtHI7TLZdAgfCl94QjY5/+
        e9UKBvJGRRjsPvEVukA0ZYLCQrCUdmqnFufzrZ3uTMS8LiX4yN/8iJGP
        -----END PRIVATE KEY-----
        """

    /// The same, traditional encryption with triple DES.
    static let ecSEC1Encrypted = """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: DES-EDE3-CBC,E50941CDE671207B

        ZHvVLnDi/KFgjio9FNTCWp+FA9y2ck4CuKx62YFfmn/mc4GL5PRjREy/MUDSsQB5
        EsZ6iAFjf9qkw+F4lWr6gcQHD5Hm35c+sUa1ZY/W7Ip1L1f5M+kZUV4bYCXVYZnr
        d3ZleoheEEPt+WrVUiGEscgMxkniJZm8vK2koMuWNXY=
        -----END EC PRIVATE KEY-----
        """

    /// The same, PBES2 with AES-256-CBC.
    static let ecPKCS8Encrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjxnNXSBr9NWwICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEFNdvzBwF25lvsK3bYaJgEoEgZBm
        q19PDVxrk+HNuRG4YfPznCIl7Pgr4Ks2nBi9ucBFHFSYGA8b52Zv7VmXOuK8Y7cA
        VwncFckBCyzpgcwUj9TxKBqxrYE/VrIUvPzOWT1RyGGy8bIO1n1Xq95W9Yaz150W
        qI3RigeXfjq2JgN5HzpkcmFcfO3NTd8SOps/xQvqtM9tPRg+qajtLucdm/WFuJo=
        -----END ENCRYPTED PRIVATE KEY-----
        """

    /// The same, 40 bits of RC2.
    static let ecPKCS8OldEncryption = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIGxMBwGCiqGSIb3DQEMAQYwDgQIKtksj70V9vMCAggABIGQO4NmlklmzAd+U1NL
        7OHC2xftgT5N7CM6iY6b8R9w7MIkSRcwciaksmWRi9XD6R1RmS9w9MNQGX3EbcCE
        UX0KVdEU4MytoN6gD7CP9iRNTSfFnilf2zMucgL+tIVXRsdS4BFbrAfPZMmaE5oR
        bANTlS3DmZWcmbKiPEYc0WFNTa42avtooyVNKemJF9T0uW1o
        -----END ENCRYPTED PRIVATE KEY-----
        """

    /// The same, its curve spelled out.
    static let ecExplicit = """
        -----BEGIN EC PRIVATE KEY-----
        MIIBaAIBAQQgoDw0qg4kzhkPxLTkQGAwvP23xtRNdmfjT87yVt91y1eggfowgfcC
        AQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAAAAAAAAAAAAAA////////////////
        MFsEIP////8AAAABAAAAAAAAAAAAAAAA///////////////8BCBaxjXYqjqT57Pr
        vVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSdNgiG5wSTamZ44ROdJreBn36QBEEE
        axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54W
        K84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA//////////+85vqtpxeehPO5ysL8
        YyVRAgEBoUQDQgAEQKdjkhr8bRyO0y2XQIHwpfeEI2Of/nvVCgbyRkUY7D7xFbpA
        NGWCwkKwlHZqpxbn862d7kzEvC4l+Mjf/IiRjw==
        -----END EC PRIVATE KEY-----
        """

    /// The public half.
    static let ecPublic = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQKdjkhr8bRyO0y2XQIHwpfeEI2Of
        /nvVCgbyRkUY7D7xFbpANGWCwkKwlHZqpxbn862d7kzEvC4l+Mjf/IiRjw==
        -----END PUBLIC KEY-----
        """

    /// The public half, its curve spelled out.
    static let ecPublicExplicit = """
        -----BEGIN PUBLIC KEY-----
        MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA
        AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////
        ///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd
        NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5
        RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA
        //////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABECnY5Ia/G0cjtMtl0CB8KX3
        hCNjn/571QoG8kZFGOw+8RW6QDRlgsJCsJR2aqcW5/Otne5MxLwuJfjI3/yIkY8=
        -----END PUBLIC KEY-----
        """

    /// The public half, compressed.
    static let ecPublicCompressed = """
        -----BEGIN PUBLIC KEY-----
        MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADQKdjkhr8bRyO0y2XQIHwpfeEI2Of
        /nvVCgbyRkUY7D4=
        -----END PUBLIC KEY-----
        """

    /// A key on a curve that we do not use.
    static let secp256k1 = """
        -----BEGIN EC PRIVATE KEY-----
        MHQCAQEEIK/zqqpW+l5MXx5gNLa0r3NHLRVhkIOJdm5gima235nLoAcGBSuBBAAK
        oUQDQgAE6biF7x7rjP+u8hGrn8NfKE5NEyhP10OkEAILlcZVjeUOZupguQIQc8QD
        Imr/qR3qV5H671ptx4oeG3KVGj+dTA==
        -----END EC PRIVATE KEY-----
        """

    /// Ed25519 as PKCS#8.
    static let ed25519 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIIGZsmlzkjk1Jh5xMT/cPx20UzuFuZaNPDn/pnlGyoih
        -----END PRIVATE KEY-----
        """

    /// Its public half.
    static let ed25519Public = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEASReESkGEJ3hrmIBYJ8+HV+/wM/kvKxO+YIJm0Pbypbc=
        -----END PUBLIC KEY-----
        """

    /// A key of a kind that we do not use.
    static let ed448 = """
        -----BEGIN PRIVATE KEY-----
        MEcCAQAwBQYDK2VxBDsEOebu/wmYNYSEVnHn+7w8puRKreibBrNoH3b/OV4VK14F
        TzL2Zv1atJB0tiQIpj+lNuixPl8zdNW0hw==
        -----END PRIVATE KEY-----
        """

    /// A self-signed certificate of the EC key.
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBeTCCAR+gAwIBAgIUCjX7QOyavXEH0z/KhBj0KW3tknUwCgYIKoZIzj0EAwIw
        EjEQMA4GA1UEAwwHRml4dHVyZTAeFw0yNjExMjIwMTU0MTlaFw0zNjExMTkwMTU0
        MTlaMBIxEDAOBgNVBAMMB0ZpeHR1cmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AARAp2OSGvxtHI7TLZdAgfCl94QjY5/+e9UKBvJGRRjsPvEVukA0ZYLCQrCUdmqn
        FufzrZ3uTMS8LiX4yN/8iJGPo1MwUTAdBgNVHQ4EFgQUiECVN6zOUUplBGO8PE32
        3gldf0AwHwYDVR0jBBgwFoAUiECVN6zOUUplBGO8PE323gldf0AwDwYDVR0TAQH/
        BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAwwhz1387mAcwOPs6rsBFoHhiGof7H
        awa73RPyvrfI3gIhAOxtU5AFQBwBGQqu9DfsMw2uCgfjG1ajcI7p7Tj5csyq
        -----END CERTIFICATE-----
        """

    /// Another certificate.
    static let issuerCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBhzCCAS2gAwIBAgIUKH/tHT8mh/sHI1vuTW/5oqPmQ7YwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwORml4dHVyZSBpc3N1ZXIwHhcNMjYxMTIyMDE1NDE5WhcNMzYx
        MTE5MDE1NDE5WjAZMRcwFQYDVQQDDA5GaXh0dXJlIGlzc3VlcjBZMBMGByqGSM49
        AgEGCCqGSM49AwEHA0IABP1Hv1p8HsITts11fi+Z9SZCvHk4C+ZjMzNzfDeAgM6q
        M7Z6rXRBk9J0vxOgkujREiQfRYR3fy0Pt55bd/DwqKmjUzBRMB0GA1UdDgQWBBRx
        HUrLwyqQAi/KGYHxEFPwvPfOBTAfBgNVHSMEGDAWgBRxHUrLwyqQAi/KGYHxEFPw
        vPfOBTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCQGtTt5vQj
        fsPVBOTp+B1MsEywMPalfiO2dS2t9OBfmQIgYOtEU0qIu33vQ4z5Fsx8IzVC5Y5C
        iBGb2M5y1ZyqGt0=
        -----END CERTIFICATE-----
        """

    /// The EC key, its certificate and the other one: AES-256, PBKDF2, SHA-256.
    static let modernPKCS12 = """
        MIIFvAIBAzCCBXIGCSqGSIb3DQEHAaCCBWMEggVfMIIFWzCCBBIGCSqGSIb3DQEHBqCCBAMwggP/AgEAMIID+AYJKoZIhvcNAQcB
        MFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiiTx8GYDAqxgICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEC7v
        f8copNbX6NxaazN4XyOAggOQFJjiIeAx8vOxCYBOoo0cwPCUz9eI3kPtrOWsXoO/1vud9gXN8QT49NzL3RpxZX/VQysAx7NtBAFm
        IUPI3J4rf9sNNrFJlxqS9r5raEYbqj2oA/z8TAUV4KetH+bIgb46vTvULHtuOYAHtUcql1YdcMyNekilup9YnF8DXZYZOlVvQAPL
        orSyk/u1uzk8CSqqUXjdtwUlPtz/f8FDbVbpplukPYeWsxVHoJOMAgO6sAT34dTHdCkeLFgRZ+PofcINWUScssBkXkBX+FS9emMz
        +UtivAbt6smLNY80tbYNBehxxUJ+rpLEIN6fWG3uC80vO/JYz8nBPpgENJRX76R6er1x6/jG0EwvlecDiwAtjhXD2NejYHHTfcr8
        Z8Vwppx/hNV+QbkXr6/iAJrGRa8iGbFZ+CpptUAA+ffUXJtLKI8oyIbgb+detkwxHZnGGgiz1W3SX1JAMFxdHQU0v/gDItBUV44M
        iZKAARDoDztmumuS/xIgLpqbekQ9DvVtgmK5IxIPawPJj6jFaFWEp5PpndkaiBO/7oLdXhkaSmublkBiTExGF2cK+vmeZ32r5p4I
        SO7mimm1V2LJsDWoctHcj4MfWJ1LLsKxNrPW/sYLSqeUA7SwrOoABJKbvLT8QgLnA5O5GHFuJM862txzNwwty+wLax3YolY/tUa3
        EkZacZgxkqhcVNgwY0hQSp8f/PN3IoMOfSWM8AyarTKPqXb1scYxvf3XeFIUVg1wrht06TmddoiAcOdyBCyQVN/WOWcy4iwbII+5
        +QAar7Lnd2+0eBQOa+NWkgpEFgR8l5i9X90rnpkNHoSMSf7MC3sJmLnVWcB7jc1u2E9v2Xkw7ljzLNwGow6UNMYep10tyAZJ6p/z
        tptdLk+43jR5vKDHsqyWfcWNe3kuh5f3Niefcpt+nUrPZSF2IVGzaUqUJqTI8Dd7jSrxtQO6bXEouSZV3oHOeUhTpxAQxVNji/pj
        +HF4VrRrk6meWqwOMsG5xatZQzSkRr13EWm3Sk6TC0DZHXHMLQ5CP7tmnWLW5NhakOKvzoICXrrhHLkEvg+q4DyUsC/6NEn32FaP
        SLub0d4BAa8Gqc8QMBbjyN9VEJZ1uaCiXd/mQfoGj6g39cS9kSNM+F2Y4B7rTAGmA4Z3LFYlMrUACog8iwpDYg8KxmEt6KTdI20K
        5d8p3QBWGxs02KMxV34SiN0xcLTAdoBymIwl9MkIMIIBQQYJKoZIhvcNAQcBoIIBMgSCAS4wggEqMIIBJgYLKoZIhvcNAQwKAQKg
        ge8wgewwVwYJKoZIhvcNAQUNMEowKQYJKoZIhvcNAQUMMBwECEtfOl9L2TRWAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQB
        KgQQ0SnolPdgw98k74WWLSEmQwSBkIY9tUZ6gwJzj+DTaSk0UR1Um9N6/wadYe5LdlX441IhFlZZr2xGlCokUqhTP7VTdiWMCJw9
        tNrQaBe8dp7Oi90Ag2v1BYvOu6DnmKCkK9ONAyzsjluKNVbJWF1zolxgHUdMRqeL5VS/K3F36RfN0ExeoX80fKtUt3kzitTxNNjB
        WmjF70L+oyG7WT1TcH+yiTElMCMGCSqGSIb3DQEJFTEWBBSU839/E0Lg2sKRnqmg1x+TEi+2zDBBMDEwDQYJYIZIAWUDBAIBBQAE
        II5BhMRimQaTEoY9hp0BhbsSr38zInHS88LOtZ+Wo6MHBAg1ZIRBxXG4PQICCAA=
        """

    /// The same as tools of before 2021 wrote it: RC2 and triple DES.
    static let oldPKCS12 = """
        MIIFMgIBAzCCBPgGCSqGSIb3DQEHAaCCBOkEggTlMIIE4TCCA9cGCSqGSIb3DQEHBqCCA8gwggPEAgEAMIIDvQYJKoZIhvcNAQcB
        MBwGCiqGSIb3DQEMAQYwDgQIhN2QG5m9e1YCAggAgIIDkIb1GVzFw9Ki4hEz9k5Gk+pcm/hOce3z5APfdXCEIDNZ8lOWKPRPFT/l
        U6XbHqk3us5+qmkH1zdQ3RfEqd5TskD65lFjKua8gl6u8GPaV9G0aqa0oKdpDqv1pHWr9j+1IIqW8U6Ha2mKidOfB4VL0GYuPwS3
        zMmfsMwU+4QkaFSz4B1SoqxQeknT57O0GOl82xq0U7aXfotaZi9FNGnUKEiBxnitrhqZX24GLKqsX0WvEhzCmAcVBOUFj30yc+e/
        qaxAONIX1+aeX22WfcwJOE69HKdMGxUaJHomJw23BX9eNIYeW27yiAqWaQfy9WpGpPo1IprZD8Q6PEy82vibXcRLLt67ugS44uKU
        VWbHELLWdKOnGP97vzEDwXcQOau0RU+AL5bEcmP3vhsKO0s3ON6t4LbWYZS6qPVZXEL/2Tv/KwRua4Gvra75UyzsKKR7OvBiBVu+
        4qKzJaTBOwz9sAyaUaO+NMBkJm3fWravWzqAIyUPBVgarVSuWCQ8upT4ZfcYGlG07qR2fN2aw+X7eLS8KK/7E+q67WIKRmwIAis2
        hZHM8Ob3NouytARZKh1ueDwtd0UHUamLl70UfkPADKHfbE5aeRhetRfpiBcT6NIeXM+jw784P/Z+YBYb0IRt9IB5M59Gy/C/KpMS
        FrtDB79rTH18dV5DTeLqZzCQW99QMnFGcWW89LjsBXfCCpc+qw77A71a+jipocQlaMexg9X5fIsMAxeBIFHumdbkVR8eoENGaGM3
        WGfJj7wivMGMkim2h0sp33a3dXv4ykFT2wRSHMSzplEaU7dYqrqPjka4xe+WWhS4acD71tTJIygqDp8LiVnj+X1kQa9GAUnY757B
        aTM4fhwVxaSRi41XlvZ+IC6c9Mpnvch5/7CCoGAmdw24AoSnMh9ecaTCREf5Neyg9j0GO0ax184cW76S4yXznybBJTj2cwlgLUBk
        wXrKby1Qb92hM4X1ICWMYedJuQfq/6NWexvMVu4FMhiEXS0M0KqCS2cxwd9M8C15kKbBmc2G/C5t4G257iBUXsm+MN9/3PI2KGq8
        6zhaNgPwjnMxPGi2nN7htbuErcBd8VcnuZkCaV4tbHSi1opc4twHCquW2uh94xk9NYrLpcBmhE12iph+adF6PVNpKmjWLxImL/Bu
        Pv3arN7zyGQI4sEEhN3mb+likcIvlw8A8VyGYnfQoHnspocLEzsovB5iUKv00jCCAQIGCSqGSIb3DQEHAaCB9ASB8TCB7jCB6wYL
        KoZIhvcNAQwKAQKggbQwgbEwHAYKKoZIhvcNAQwBAzAOBAirCvjgDnZwiwICCAAEgZAnb0UBuqYU8HEXXxHC3jQwbofuNKMN+9/H
        Coa2rs9h6okdKGYZdZoaCPcqoQab+C6sGDGXf0pYogKfI1Z/vWELMASTjEccon1QqZZCOOumkJ60PkP8Hav0bMHQ7geCkgfLib9p
        eSR08tloITSb2UG47HwWMqtJAEGPSILsjyt3gu0i4JIe4qWEHmemiChHCJoxJTAjBgkqhkiG9w0BCRUxFgQUlPN/fxNC4NrCkZ6p
        oNcfkxIvtswwMTAhMAkGBSsOAwIaBQAEFI3ziclzrBw8W03nijaOoqxdWKS1BAg4fQQT8pc5CgICCAA=
        """

    /// The EC key and its certificate under an empty pass phrase.
    static let emptyPassphrasePKCS12 = """
        MIIEDAIBAzCCA8IGCSqGSIb3DQEHAaCCA7MEggOvMIIDqzCCAmIGCSqGSIb3DQEHBqCCAlMwggJPAgEAMIICSAYJKoZIhvcNAQcB
        MFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi3pFPTL02UJwICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEJ+I
        8ylG7rT6bYqp1f6UyOmAggHgsHENBG33ELzSG3WbYvdpirfrlB8SmjFgSB8hZZaBqMkS4kkbBsk2h1eScHcqGKbzlp9vhAoXJTON
        N+l2Iq6M0RO8RntjM30pnTqHA1Z1xhAlja25q1UyQazlFaI7P9K/Pahx/PbIlsIZ4shhIvCw2n3Mvcya+7JA+fuou4hncGpKCcJd
        2NdDUoqFY82Qg6hUvPOwnMu2uY1EzZCI/qWMit+Ih53bwayOnQHdENJmj0VJ/jdFib0niU8XgL+iLSpKNCfWW0XP0ffTVSyIXCeX
        1RXNiA4FtHPtPkMxSX9Ntw4qzbIBLdawDePyHmHxj9EzBAWxV+XYeJvka2YuVAHwP+k6ZEa1XQOHbZBcZ3gHqlJ3Mmyvo1tLAkIn
        TwKpHg+pwkdhp5TPYqd4pZjJcXdhVHRPLLBYDWFNgM76B2KCPWnqSZyPGBewJ+JXt4khWc9n8W4VGwQF3CH6BBpV0xxke9+KmZVn
        J71PeDZyEB/JqUb9hPLM1b5MYdplrzkUL1Nd0XVL+o4BBmHrDyhTrI5YK3uJHAfsN6635g5rylwwksdVVdmQcjoItzgSFfthD1CY
        yOPI6HQa93u5qWE4jVJ2VszrjEzQrTYcAixCAX2e6QkHGvRtdDqITLj9Qc9gmsyNMIIBQQYJKoZIhvcNAQcBoIIBMgSCAS4wggEq
        MIIBJgYLKoZIhvcNAQwKAQKgge8wgewwVwYJKoZIhvcNAQUNMEowKQYJKoZIhvcNAQUMMBwECJ73TekHONbUAgIIADAMBggqhkiG
        9w0CCQUAMB0GCWCGSAFlAwQBKgQQ8tyrjIpjQv6Mc8pv8J3TMgSBkHwA6e5E3lOBU0WW3eRhSSTPA37y+uFBVzBb4KM1oCL/guh/
        CGq34bC18HLo3NDwHU0HK5R3dFNQeegKMfAOn1EVxzh7iZ/OSyRK9nrvIbBGW2AWcXt/oN3UGqz5DIjei/XpMa++Q0870/oQWRJX
        tceNmWH8IVx1DCSiiGiOU/9fow6Jk+Q3pbqkaAdG1BP9ITElMCMGCSqGSIb3DQEJFTEWBBSU839/E0Lg2sKRnqmg1x+TEi+2zDBB
        MDEwDQYJYIZIAWUDBAIBBQAEIHtQuIXVy3IsIqboYJhzbAjeyX0L0QvGHiNkEOKqWOCJBAjDjXRqAZmb9QICCAA=
        """

    /// A certificate alone.
    static let keylessPKCS12 = """
        MIIClwIBAzCCAk0GCSqGSIb3DQEHAaCCAj4EggI6MIICNjCCAjIGCSqGSIb3DQEHBqCCAiMwggIfAgEAMIICGAYJKoZIhvcNAQcB
        MFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjC5LJRcWjVHgICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEEoD
        ld8+1MSy0y2KEimUuKaAggGw1Ud0un2kQeqzz12/tWjl6Hj3lZXZh9cUuitvyhst6UdwCLJaEcOZb3F6YizWUNwH6lGULCqWqJKj
        jkFAU+enfgyH5yA5CpkhrvMq0v3z3V8t5nmJdCbmmevI90nXOKZZ8Zvp6h0WjCVGLe0Xp+/uPdKYhoijiRLzhoAF9MIbdme1rrfz
        yRALWfCAHZ9mfyPGmJM1U6VTWjfhL2anlsGsA7hwWbUApsIBV3ZwxuSplOYW26Ue7EbRwkal2DafIGDLMo3KG1vQf78l77DSPe6B
        b8km+QnjOpYEj41tneCIDnJuYMlDg95AJBDVMaA11SUUDomfl562ygDvqqPLhcujgRjbFw7zIOinZjNsXfabd/+ZijM+WFCXsWgj
        B2XK2fvN17HOBnueZPzu/PuvP8aNL4uqOcsiSSwK8AbDKhPag9FVK4buptpiEh4bISLGHolcxyt96Q6Vb/efTNADBY3fasMk3dlk
        Zs/wGJOD+MMvcOMX89XBUM/PD4y1tMm4/xQYIEViW+9PH4b6ai3eo9QpIE1XTFgwElhbia33LurBVwcm2LyX2eyzYjA960/tBdg8
        MEEwMTANBglghkgBZQMEAgEFAAQgvF9khWQu4QDSpcjP5//gxi04wS8dHs+pMKcZ07PRiiEECG5FhtPB1EKyAgIIAA==
        """

    /// The EC key and its certificate, encrypted, without a MAC.
    static let unsealedPKCS12 = """
        MIIDTwIBAzCCA0gGCSqGSIb3DQEHAaCCAzkEggM1MIIDMTCCAegGCSqGSIb3DQEHAaCCAdkEggHVMIIB0TCCAc0GCyqGSIb3DQEM
        CgEDoIIBlTCCAZEGCiqGSIb3DQEJFgGgggGBBIIBfTCCAXkwggEfoAMCAQICFAo1+0Dsmr1xB9M/yoQY9Clt7ZJ1MAoGCCqGSM49
        BAMCMBIxEDAOBgNVBAMMB0ZpeHR1cmUwHhcNMjYxMTIyMDE1NDE5WhcNMzYxMTE5MDE1NDE5WjASMRAwDgYDVQQDDAdGaXh0dXJl
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQKdjkhr8bRyO0y2XQIHwpfeEI2Of/nvVCgbyRkUY7D7xFbpANGWCwkKwlHZqpxbn
        862d7kzEvC4l+Mjf/IiRj6NTMFEwHQYDVR0OBBYEFIhAlTeszlFKZQRjvDxN9t4JXX9AMB8GA1UdIwQYMBaAFIhAlTeszlFKZQRj
        vDxN9t4JXX9AMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgMMIc9d/O5gHMDj7Oq7ARaB4YhqH+x2sGu90T8r63
        yN4CIQDsbVOQBUAcARkKrvQ37DMNrgoH4xtWo3CO6e04+XLMqjElMCMGCSqGSIb3DQEJFTEWBBSU839/E0Lg2sKRnqmg1x+TEi+2
        zDCCAUEGCSqGSIb3DQEHAaCCATIEggEuMIIBKjCCASYGCyqGSIb3DQEMCgECoIHvMIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3
        DQEFDDAcBAg8FzMNWCY0sgICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEPr8sHH+uCDiPwszE6rr+ewEgZDxdkLZ1VRw
        LtxKsuVKDa+vk9pyQ0OEtfksD8EQVhrZ/pGt3QHzdKOeFBYxDprAdOHaG/eVSO09cAHEXD6WyUrLLucAYmTRRQxcJcI0pJrsmNHl
        fYwBsWHWmQNyXZCL8WyC0ZIVaieJV7rby5SMJYZAVrZTO5P0EJwTKML6twHkQkSH4eRjmnWmev/lPlJls6oxJTAjBgkqhkiG9w0B
        CRUxFgQUlPN/fxNC4NrCkZ6poNcfkxIvtsw=
        """
}
