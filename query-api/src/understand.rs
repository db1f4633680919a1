//! Whether a list understands a query string, without asking the database: for fuzzing.

use loupe_service::problem::Problem;

use crate::downloads::Downloads;
use crate::favorites::Favorites;
use crate::gallery_video_downloads::GalleryVideoDownloads;
use crate::page::{Cursor, fingerprint};
use crate::parameters::Parameters;
use crate::photo_downloads::PhotoDownloads;
use crate::photo_sharing_links::PhotoSharingLinks;
use crate::photos_starred::PhotosStarred;
use crate::resource::Resource;

/// Whether a list understands a query string; `None` when there is no such list.
///
/// Whatever the text, this ends with a 400 that names a parameter, or with nothing to say.
#[must_use]
pub fn understand(list: &str, query: &str, cursor_key: &str) -> Option<Result<(), Problem>> {
    fn by<R: Resource>(query: &str, cursor_key: &str) -> Result<(), Problem> {
        let parameters = Parameters::read(query, &R::TAKES)?;
        let fingerprint = fingerprint(R::NAME, &parameters);
        let cursor = parameters.values.get("cursor");
        cursor.map_or(Ok(()), |text| Cursor::verify(text, cursor_key, &fingerprint).map(drop))
    }
    Some(match list {
        "photo_downloads" => by::<PhotoDownloads>(query, cursor_key),
        "gallery_video_downloads" => by::<GalleryVideoDownloads>(query, cursor_key),
        "downloads" => by::<Downloads>(query, cursor_key),
        "photo_sharing_links" => by::<PhotoSharingLinks>(query, cursor_key),
        "favorites" => by::<Favorites>(query, cursor_key),
        "photos_starred" => by::<PhotosStarred>(query, cursor_key),
        _ => return None,
    })
}
