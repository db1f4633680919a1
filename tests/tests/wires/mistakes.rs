//! Each mistake is named where a person on call looks: in `/readyz`.

use loupe_tests::secure::{CLICKHOUSE_PASSWORD, CLIENT_SECRET, PASSWORD, Secure};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_authority_password_or_secret_is_named_by_readiness() -> anyhow::Result<()> {
    let secure = Secure::start(env!("CARGO_BIN_EXE_loupe-stack")).await?;
    let (friend, stranger) = (&secure.authority, &secure.stranger);
    secure.key(loupe_service::keys::Accounts::All, [loupe_service::keys::Scope::EventsWrite])?;
    let right = secure.clickhouse(CLICKHOUSE_PASSWORD, friend)?;

    for (kafka, words) in [
        (secure.scram(PASSWORD, stranger)?, ["certificate verify failed", "ssl.ca.location"]),
        (secure.scram("not the password", friend)?, ["SASL authentication error", "SCRAM-SHA-512"]),
        (secure.tokens("no secret", friend)?, ["token endpoint", "invalid_client"]),
        (secure.tokens(CLIENT_SECRET, stranger)?, ["token endpoint", "UnknownIssuer"]),
    ] {
        let ingest = secure.ingest(&kafka).await?;
        let projector = secure.projector("mistaken", &kafka, &right).await?;
        for service in [ingest, projector] {
            service.complains(&["kafka", words[0], words[1]]).await?;
            service.stop().await;
        }
    }

    let scram = secure.scram(PASSWORD, friend)?;
    for (clickhouse, word) in [
        (secure.clickhouse(CLICKHOUSE_PASSWORD, stranger)?, "UnknownIssuer"),
        (secure.clickhouse("not the password", friend)?, "AUTHENTICATION_FAILED"),
    ] {
        let projector = secure.projector("mistaken", &scram, &clickhouse).await?;
        let api = secure.query_api("mistaken", &clickhouse).await?;
        for service in [projector, api] {
            service.complains(&["clickhouse", word]).await?;
            service.stop().await;
        }
    }
    secure.stop().await;
    Ok(())
}
