//! The selected favourites as file names, for the programs in which photographers look for them (rule 129).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write};

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use loupe_service::problem::Problem;
use quick_xml::escape::escape;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::json::{Row, flag, number, text, texts_of};
use crate::parameters::Selection;
use crate::resource::{FileNames, Format};
use crate::store::Store;

/// How many media are left out because the catalogue does not know them; one on two lists is one (rule 129).
const LEFT_OUT: HeaderName = HeaderName::from_static("loupe-left-out");
/// How many names there are, which the text does not say where what parts them may stand in a name.
const COUNT: HeaderName = HeaderName::from_static("loupe-names");

/// File names, each with the lists it is on.
type Names = BTreeMap<String, BTreeSet<String>>;

/// The current favourites of a selection, written as a program takes them.
///
/// # Errors
/// The statement failed.
pub(super) async fn answer(store: &Store, selection: &Selection, form: FileNames) -> Result<Response, Problem> {
    let rows = store.rows(super::NAMES, selection).await?;
    let names = names(&rows);
    let left_out: u64 = rows.iter().filter(|row| !flag(row, "is_known")).map(|row| number(row, "media_n")).sum();
    store.answers(names.len());
    let (extension, body) = match form {
        FileNames::Lightroom => ("txt", stems(&names).into_keys().collect::<Vec<_>>().join(", ").into_bytes()),
        FileNames::CaptureOne => ("txt", stems(&names).into_keys().collect::<Vec<_>>().join(" ").into_bytes()),
        FileNames::Finder => ("txt", finder(&names).into_bytes()),
        FileNames::Lines => ("txt", names.keys().map(|name| format!("{name}\n")).collect::<String>().into_bytes()),
        FileNames::Sidecars => (
            "zip",
            sidecars(&names).map_err(|error| {
                tracing::error!(%error, "sidecars cannot be written");
                Problem::internal()
            })?,
        ),
    };
    let count = match form {
        FileNames::Lightroom | FileNames::CaptureOne | FileNames::Sidecars => stems(&names).len(),
        FileNames::Finder | FileNames::Lines => names.len(),
    };
    let disposition = format!("attachment; filename=\"favorites-{}.{extension}\"", selection.collection);
    let mut response = ([(header::CONTENT_TYPE, Format::Names(form).media_type())], body).into_response();
    let headers = response.headers_mut();
    headers.insert(LEFT_OUT, HeaderValue::from(left_out));
    headers.insert(COUNT, HeaderValue::from(count));
    // A number and letters, so it is always a header value.
    headers.extend(HeaderValue::from_str(&disposition).ok().map(|value| (header::CONTENT_DISPOSITION, value)));
    Ok(response)
}

/// The known names, without what would end a line or leave a folder.
fn names(rows: &[Row]) -> Names {
    let mut names = Names::new();
    for row in rows.iter().filter(|row| flag(row, "is_known")) {
        let plain = |letter: char| !letter.is_control() && !['/', '\\'].contains(&letter);
        let name: String = text(row, "filename").chars().filter(|letter| plain(*letter)).collect();
        if !name.trim_matches('.').is_empty() {
            names.entry(name).or_default().extend(texts_of(row, "lists").unwrap_or_default());
        }
    }
    names
}

/// The names without their extensions: a raw file is found by the name of its JPEG.
fn stems(names: &Names) -> Names {
    let mut stems = Names::new();
    for (name, lists) in names {
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        let stem = if stem.is_empty() { name } else { stem };
        stems.entry(stem.to_owned()).or_default().extend(lists.iter().cloned());
    }
    stems
}

/// A search of Finder for any of the names.
fn finder(names: &Names) -> String {
    let terms = names.keys().map(|name| format!("name:\"{}\"", name.replace('"', "")));
    terms.collect::<Vec<_>>().join(" OR ")
}

/// A sidecar for each name: five stars, a label, and the names of its lists as keywords.
fn sidecars(names: &Names) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (stem, lists) in stems(names) {
        archive.start_file(format!("{stem}.xmp"), SimpleFileOptions::default())?;
        archive.write_all(sidecar(&lists).as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

fn sidecar(lists: &BTreeSet<String>) -> String {
    let plain = |list: &String| list.chars().filter(|letter| !letter.is_control()).collect::<String>();
    let keywords = lists.iter().map(|list| format!("     <rdf:li>{}</rdf:li>\n", escape(&*plain(list))));
    let keywords: String = keywords.collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmp:Rating="5" xmp:Label="Favorite">
   <dc:subject>
    <rdf:Bag>
{keywords}    </rdf:Bag>
   </dc:subject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"#
    )
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use serde_json::json;
    use zip::ZipArchive;

    use super::*;

    fn selected() -> Names {
        let row = |name: &str, is_known: u64, lists: &[&str]| {
            json!({"filename": name, "is_known": is_known, "lists": lists, "media_n": 1}).as_object().unwrap().clone()
        };
        names(&[
            row("", 0, &[]),
            row("../b\n.jpg", 1, &["Album"]),
            row("a.cr3", 1, &["Album & more"]),
            row("a.jpg", 1, &["Prints"]),
        ])
    }

    #[test]
    fn rule_129_names_are_plain_and_found_without_extension() {
        let names = selected();
        assert_eq!(names.keys().collect::<Vec<_>>(), ["..b.jpg", "a.cr3", "a.jpg"]);
        assert_eq!(stems(&names).into_keys().collect::<Vec<_>>(), ["..b", "a"]);
        assert_eq!(finder(&names), r#"name:"..b.jpg" OR name:"a.cr3" OR name:"a.jpg""#);
    }

    #[test]
    fn rule_129_a_sidecar_has_five_stars_and_the_lists() {
        let mut archive = ZipArchive::new(Cursor::new(sidecars(&selected()).unwrap())).unwrap();
        let inside: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(inside, ["..b.xmp", "a.xmp"]);
        let mut text = String::new();
        archive.by_name("a.xmp").unwrap().read_to_string(&mut text).unwrap();
        assert!(text.contains("xmp:Rating=\"5\""), "{text}");
        assert!(text.contains("<rdf:li>Album &amp; more</rdf:li>\n     <rdf:li>Prints</rdf:li>"), "{text}");
    }
}
