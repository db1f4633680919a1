//! The dashboard as a browser fetches it.

use reqwest::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use reqwest::{Client, Response};

use crate::stage::Stage;

async fn get(url: &str) -> Response {
    reqwest::get(url).await.unwrap()
}

fn kind(response: &Response) -> &str {
    response.headers()[CONTENT_TYPE].to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_all_it_names_come_from_here_without_a_key() {
    let stage = Stage::new("dashboard").await;
    let page = get(&format!("{}/dashboard", stage.url)).await;
    assert_eq!((page.status().as_u16(), page.url().path()), (200, "/dashboard/"));
    assert!(page.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none';"));
    let (url, html) = (page.url().clone(), page.text().await.unwrap());
    let values = ["src=\"", "href=\""].into_iter().flat_map(|attribute| html.split(attribute).skip(1));
    let files: Vec<&str> = values.filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    for file in files {
        let response = get(url.join(file).unwrap().as_str()).await;
        assert_eq!(response.status(), 200, "{file}");
        assert!(!kind(&response).starts_with("text/html"), "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_opened_by_its_address_is_the_page_and_stays_in_the_browser() {
    let stage = Stage::new("dashboard_screens").await;
    for screen in ["starred", "collections/77/links", "downloads/0197f2a0-4336-7183-8c4b-637918e8f926", "nonsense"] {
        let url = format!("{}/dashboard/{screen}", stage.url);
        let page = get(&url).await;
        assert_eq!((page.status().as_u16(), kind(&page)), (200, "text/html; charset=utf-8"), "{screen}");
        assert_eq!(page.headers()[CACHE_CONTROL], "no-cache", "{screen}");
        let again = Client::new().get(&url).header(IF_NONE_MATCH, &page.headers()[ETAG]).send().await.unwrap();
        assert_eq!(again.status(), 304, "{screen}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_is_404_and_what_is_no_get_is_405() {
    let stage = Stage::new("dashboard_absent").await;
    let url = format!("{}/dashboard/assets/index-absent.js", stage.url);
    let absent = get(&url).await;
    assert_eq!((absent.status().as_u16(), kind(&absent)), (404, "application/problem+json"));
    let posted = Client::new().post(format!("{}/dashboard/", stage.url)).send().await.unwrap();
    assert_eq!(posted.status(), 405);
}
