//! What a request may say, and what is refused.

use reqwest::multipart::Form;

use crate::engine::{exception_code, fresh, fresh_with};

#[tokio::test(flavor = "multi_thread")]
async fn it_says_that_it_is_alive() {
    let (engine, _directory) = fresh().await;
    for path in ["/", "/ping", "/replicas_status"] {
        assert_eq!(engine.get(path).send().await.unwrap().text().await.unwrap(), "Ok.\n");
    }
    let missing = engine.get("/no-such-page").send().await.unwrap();
    assert_eq!(missing.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn text_comes_from_the_url_the_body_or_a_form() {
    let (engine, _directory) = fresh().await;
    let parameters = [("param_x", "a'b\\tc"), ("default_format", "JSONEachRow")];
    let expected = "{\"x\":\"a'b\\tc\"}\n";
    let body = engine.post(&parameters).body("SELECT {x:String} AS x").send().await.unwrap();
    assert_eq!(body.headers()["x-clickhouse-format"], "JSONEachRow");
    assert_eq!(body.text().await.unwrap(), expected);
    let split = engine.post(&[&parameters[..], &[("query", "SELECT {x:String}")]].concat()).body("AS x");
    assert_eq!(split.send().await.unwrap().text().await.unwrap(), expected);
    let form = Form::new().text("query", "SELECT {x:String} AS x").text("param_x", "a'b\\tc");
    let form = engine.post(&parameters[1..]).multipart(form).send().await.unwrap();
    assert_eq!(form.text().await.unwrap(), expected);
    let get = engine.get("/?query=SELECT%201%2B1&query_id=mine").send().await.unwrap();
    assert_eq!(get.headers()["x-clickhouse-query-id"], "mine");
    assert_eq!(get.text().await.unwrap(), "2\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_have_the_status_and_code_of_clickhouse() {
    let (engine, _directory) = fresh().await;
    let cases = [
        ("SELECT", 400, 62),
        ("SELECT 1; SELECT 2", 400, 62),
        ("SELECT * FROM nowhere", 404, 60),
        ("SELECT nothing", 404, 47),
        ("SELECT throwIf(1)", 500, 395),
        ("", 400, 62),
    ];
    for (sql, status, code) in cases {
        let response = engine.post(&[]).body(sql).send().await.unwrap();
        assert_eq!(exception_code(response).await, (status, code), "{sql}");
    }
    let setting = engine.post(&[("no_such_setting", "1")]).body("SELECT 1").send().await.unwrap();
    assert_eq!(exception_code(setting).await, (404, 115));
    let database = engine.post(&[("database", "nowhere")]).body("SELECT 1").send().await.unwrap();
    assert_eq!(exception_code(database).await, (404, 81));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_get_cannot_write() {
    let (engine, _directory) = fresh().await;
    for sql in ["CREATE TABLE t (x Int8) ORDER BY x", "INSERT INTO t VALUES (1)", "DROP DATABASE default", "SELECT 1"] {
        let url: String = form_urlencoded::byte_serialize(sql.as_bytes()).collect();
        let response = engine.get(&format!("/?query={url}")).send().await.unwrap();
        if sql == "SELECT 1" {
            assert_eq!(response.status(), 200);
        } else {
            assert_eq!(exception_code(response).await, (500, 164), "{sql}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_asked_for_when_there_is_one() {
    let (engine, _directory) = fresh_with(&["--password", "secret"]).await;
    let wrong = engine.post(&[("password", "guess")]).body("SELECT 1").send().await.unwrap();
    assert_eq!(exception_code(wrong).await, (403, 516));
    let right = engine.post(&[]).basic_auth("default", Some("secret")).body("SELECT 1").send().await.unwrap();
    assert_eq!(right.text().await.unwrap(), "1\n");
}
