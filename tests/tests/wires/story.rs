//! The story goes over secured wires, and nothing of it is lost while a secret is wrong.

use std::time::Duration;

use loupe_service::keys::{Accounts, Scope};
use loupe_tests::client::Client;
use loupe_tests::secure::{CLICKHOUSE_PASSWORD, CLIENT_SECRET, PASSWORD, Secure};
use loupe_tests::story::reading::{self, Readers};
use loupe_tests::story::{self, OTHER_SCOPES, OWNER_SCOPES};

fn scopes(text: &str) -> Vec<Scope> {
    text.split(',').filter_map(|scope| scope.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_told_over_secured_wires_is_read_over_them_and_survives_a_wrong_password() -> anyhow::Result<()> {
    let mut secure = Secure::start(env!("CARGO_BIN_EXE_loupe-stack")).await?;
    let edge = secure.key(Accounts::All, [Scope::EventsWrite])?;
    let readers = Readers {
        owner: secure.key(Accounts::one(1), scopes(OWNER_SCOPES))?,
        other: secure.key(Accounts::one(2), scopes(OTHER_SCOPES))?,
    };
    let scram = secure.scram(PASSWORD, &secure.authority)?;
    let tokens = secure.tokens(CLIENT_SECRET, &secure.authority)?;
    let clickhouse = secure.clickhouse(CLICKHOUSE_PASSWORD, &secure.authority)?;

    // It makes the topics, so the administrative client has a token too.
    let by_tokens = secure.ingest(&tokens).await?;
    by_tokens.ready().await?;
    let by_scram = secure.ingest(&scram).await?;
    by_scram.ready().await?;
    let projectors = [
        secure.projector("by_scram", &scram, &clickhouse).await?,
        secure.projector("by_tokens", &tokens, &clickhouse).await?,
    ];
    let apis = [secure.query_api("by_scram", &clickhouse).await?, secure.query_api("by_tokens", &clickhouse).await?];
    for service in projectors.iter().chain(&apis) {
        service.ready().await?;
    }

    let events = story::events(1, 2);
    let (before, rest) = events.split_at(events.len() / 3);
    let (during, after) = rest.split_at(rest.len() / 2);
    let mut client = Client::at(&by_tokens.url, &apis[0].url, &edge);
    client.publish(before).await?;
    client.read(&readers.owner, "/freshness").await?;

    // The password changes in ClickHouse before the services know: they say so, and what is published waits in Kafka.
    secure.restart_engine("another password").await?;
    let mut second = Client::at(&by_scram.url, &apis[0].url, &edge);
    second.publish(during).await?;
    for service in projectors.iter().chain(&apis) {
        service.complains(&["AUTHENTICATION_FAILED"]).await?;
    }
    secure.restart_engine(CLICKHOUSE_PASSWORD).await?;
    for service in projectors.iter().chain(&apis) {
        service.ready().await?;
    }

    // Tokens live for 20 s, and Kafka ends a session with its token: by now each was fetched anew.
    let issued = secure.oauth.issued();
    tokio::time::sleep(Duration::from_secs(25)).await;
    anyhow::ensure!(secure.oauth.issued() > issued, "no token was fetched again in 25 s");
    client.publish(after).await?;
    client.wait_for(&second)?;
    for api in &apis {
        reading::expect_story(&client.clone().asking(&api.url), &readers).await?;
    }
    for (name, kafka) in [("by_scram", &scram), ("by_tokens", &tokens)] {
        let audited = secure.audit(name, kafka, &clickhouse).await?;
        anyhow::ensure!(audited.ends_with(": 0 differ\n"), "{audited}");
    }
    for service in [by_tokens, by_scram].into_iter().chain(projectors).chain(apis) {
        service.stop().await;
    }
    secure.stop().await;
    Ok(())
}
