//! An API with a few galleries for tools that test from outside, such as schemathesis (`docs/API.md`).

use loupe_service::keys::{Accounts, Scope};
use serde_json::json;

use crate::happenings::{Happenings, of};
use crate::stage::Stage;

/// The collections that the tool finds something in.
const COLLECTIONS: [u64; 2] = [77, 78];

async fn seeded() -> Stage {
    // A tool asks more often than anybody may.
    let stage = Stage::with("seeded", json!({"requests_per_minute": 1_000_000})).await;
    let mut story = Happenings::default();
    for (collection, day) in COLLECTIONS.into_iter().zip(["2026-05-02", "2026-05-03"]) {
        let at = |time: &str| format!("{day}T{time}Z");
        let film = collection * 100 + 9;
        let photos = [collection * 100 + 1, collection * 100 + 2];
        story.collection(collection, "A wedding", &at("08:00:00"));
        story.ana(collection);
        let media = [
            (photos[0], "photo", 6000, 4000, ["wedding", "party"].as_slice()),
            (photos[1], "photo", 4000, 6000, &["wedding"]),
            (film, "video", 3840, 2160, &[]),
        ];
        story.gallery(collection, collection * 10, &media);
        story.visit(&at("09:00:00"), collection, "cl_ana", &photos);
        story.favorite(&at("09:10:00"), collection, "cl_ana", "fl_1", (photos[0], "photo"));
        story.link(&at("09:20:00"), collection, "cl_ana", &format!("sl_{collection}"), json!({"media_id": photos[0]}));
        story.download(&at("10:00:00"), collection, "cl_ana", &of("photo", "high_res", &[(photos[0], "photo")]), 100);
        story.download(&at("10:05:00"), collection, "vi_1", &of("video", "video_1080p", &[(film, "video")]), 40);
        let both = photos.map(|photo| (photo, "photo"));
        story.download(&at("10:10:00"), collection, "cl_ana", &of("archive", "web_2048", &both), 200);
    }
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
