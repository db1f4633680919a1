//! An API with a few galleries for tools that test from outside, such as schemathesis (`docs/API.md`).

use loupe_service::keys::{Accounts, Scope};
use serde_json::json;

use crate::happenings::{Happenings, of};
use crate::stage::Stage;

/// The collections that the tool finds something in; the first, its first photo, the client and the download are the
/// description's examples.
const COLLECTIONS: [u64; 2] = [90_516_387, 90_516_388];
const CLIENT: &str = "cl_7Hk2Qm9ZrT4vXw1bNc8dLp3sYe6uAf";
const PHOTO: u64 = 731_100_245;
const DOWNLOAD: &str = "019de9d2-6a08-7183-8c4b-637918e8f926";

async fn seeded() -> Stage {
    // A tool asks more often than anybody may, and for positions that never come.
    let stage = Stage::with("seeded", json!({"requests_per_minute": 1_000_000, "min_position_wait_ms": 50})).await;
    let mut story = Happenings::default();
    for (number, collection) in (0..).zip(COLLECTIONS) {
        let at = |time: &str| format!("2026-05-0{}T{time}Z", number + 2);
        let (first, second, film) = (PHOTO + number * 10, PHOTO + number * 10 + 1, PHOTO + number * 10 + 2);
        story.collection(collection, "A wedding", &at("08:00:00"));
        let media = [
            (first, "photo", 6000, 4000, ["wedding", "party"].as_slice()),
            (second, "photo", 4000, 6000, &["wedding"]),
            (film, "video", 3840, 2160, &[]),
        ];
        story.gallery(collection, 129_003_127 + number, &media);
        story.visit(&at("09:00:00"), collection, CLIENT, &[first, second]);
        story.favorite(&at("09:10:00"), collection, CLIENT, "fl_1", (first, "photo"));
        story.link(&at("09:20:00"), collection, CLIENT, &format!("sl_{}", 9 + number), json!({"media_id": first}));
        story.download(&at("10:00:00"), collection, CLIENT, &of("photo", "high_res", &[(first, "photo")]), 100);
        story.download(&at("10:05:00"), collection, "vi_1", &of("video", "video_1080p", &[(film, "video")]), 40);
        let both = [(first, "photo"), (second, "photo")];
        story.download(&at("10:10:00"), collection, CLIENT, &of("archive", "web_2048", &both), 200);
    }
    let photo = of("photo", "high_res", &[(PHOTO, "photo")]);
    story.download_as(DOWNLOAD, "2026-05-02T18:00:00Z", COLLECTIONS[0], CLIENT, &photo, 100);
    story.fold(&stage).await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "serves until it is stopped"]
async fn serve() {
    let stage = seeded().await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    println!("{} {key}", stage.url);
    tokio::signal::ctrl_c().await.unwrap();
}
