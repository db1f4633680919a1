//! `GET /downloads/{download_id}`: one action, what became of it, and every response it got.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::changes::{self, Changes};
use crate::downloads::{self, Action, Downloads};
use crate::history::{self, Segment};
use crate::page::Window;
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{List, NoMembers, Report, Resource};
use crate::store::Store;

/// Where a download is, and what is said when there is none.
pub(crate) const NEEDS: (&str, &str) = (include_str!("place.sql"), "there is no such download");

/// The report on one action.
pub(crate) struct Download;

impl Resource for Download {
    const NAME: &'static str = "download";
    const ABOUT: &'static str = "One download action: what became of it, and every response it got.";
    const SCOPE: Scope = Scope::DownloadsRead;
    const TAKES: Takes = Takes { groups: &[], words: &[], sorts: &[], grain: Grain::Microsecond };
    const CHANGES: Changes = changes::DOWNLOADS;
    const NEEDS: Option<(&'static str, &'static str)> = Some(NEEDS);

    fn narrow(selection: &mut Selection) {
        only(selection);
    }
}

/// Narrows a selection to the download of the path, filtered or not.
pub(crate) fn only(selection: &mut Selection) {
    selection.downloads = vec![selection.download.to_string()];
    selection.include_filtered = true;
}

impl Report for Download {
    type Data = DownloadDetail;
    type Members = NoMembers;

    async fn answer(store: &Store, selection: &Selection) -> Result<(DownloadDetail, NoMembers), Problem> {
        let (rows, histories) = tokio::try_join!(
            store.page(downloads::PAGES, selection, &Window::EVERYTHING),
            store.by_download(history::SQL, selection, &selection.downloads),
        )?;
        let action = Downloads::show(store, selection, &rows).await?.into_iter().next();
        let action = action.ok_or_else(|| Problem::not_found(NEEDS.1))?;
        let history = histories.first().map_or_else(Vec::new, history::segments);
        Ok((DownloadDetail { collection_id: selection.collection, action, history }, NoMembers {}))
    }
}

/// A download action with its responses.
#[derive(Serialize, ToSchema)]
pub(crate) struct DownloadDetail {
    collection_id: u64,
    #[serde(flatten)]
    action: Action,
    /// The unfiltered responses, in the order of their ends.
    history: Vec<Segment>,
}
