//! Receipts of erasures: how far each is, and for whom.

use loupe_service::keys::{Accounts, Scope};
use reqwest::StatusCode;
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_128;

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_a_receipt_says_how_far_an_erasure_is() {
    let stage = Stage::new("erasure").await;
    let key = stage.known_key(Accounts::one(1), &[Scope::ClientsErase]).await;
    let hash = xxh3_128(b"cl_ana");
    let path = format!("/erasures/er_{hash:032x}");
    assert_eq!(stage.json(&path, &key).await.0, 404, "nobody is erased");
    assert_eq!(stage.json("/erasures/cl_ana", &key).await.0, 404, "that is no receipt");
    let (status, coming) = stage.json(&format!("{path}_c0:7"), &key).await;
    assert_eq!((status, &coming["data"]["status"]), (200, &json!("accepted")), "{coming}");
    assert!(coming["data"]["client_id"].is_null() && coming["data"]["log_kept_until"].is_null(), "{coming}");

    let erased = json!({"account_id": 1, "client_hash": hash.to_string(), "erased": ["2026-05-03 00:00:00", "42"]});
    stage.insert("erasures", &[erased]).await;
    let step =
        |step: &str, at: &str| json!({"account_id": 1, "client_hash": hash.to_string(), "step": step, "done_at": at});
    stage.insert("erasure_steps", &[step("events/0", "2026-05-03 00:00:01")]).await;
    let (_, rewriting) = stage.json(&path, &key).await;
    let expected = json!({
        "receipt": path["/erasures/".len()..],
        "status": "rewriting",
        "requested_at": "2026-05-03T00:00:00.000000Z",
        "erased_at": null,
        "client_id": "cl_erased_0000000000000000000000000000002a",
        "log_kept_until": "2026-06-03T00:00:00.000000Z",
    });
    assert_eq!(rewriting["data"], expected);
    stage.insert("erasure_steps", &[step("done", "2026-05-03 00:00:09")]).await;
    let (_, done) = stage.json(&path, &key).await;
    assert_eq!(done["data"]["status"], "erased");
    assert_eq!(done["data"]["erased_at"], "2026-05-03T00:00:09.000000Z");

    let other = stage.known_key(Accounts::one(2), &[Scope::ClientsErase]).await;
    assert_eq!(stage.json(&path, &other).await.0, 404, "another account's");
    let reader = stage.known_key(Accounts::one(1), &[Scope::AnalyticsRead]).await;
    assert_eq!(stage.json(&path, &reader).await.0, 403, "a reader's key");
    let order = reqwest::Client::new().delete(format!("{}/clients/cl_ana/personal_data", stage.url));
    let answer = order.bearer_auth(&key).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_IMPLEMENTED, "this API was told of no ingest");
    let refusal: Value = answer.json().await.unwrap();
    let (_, description) = stage.json("/openapi.json", &key).await;
    let described = &description["paths"]["/clients/{client_id}/personal_data"]["delete"]["responses"]["501"];
    let example = &described["content"]["application/problem+json"]["example"];
    assert_eq!((&refusal["type"], &refusal["error"]), (&example["type"], &example["error"]), "{described:#}");
}
