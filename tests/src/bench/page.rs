//! The page that keeps the figures, between two marks; what people wrote around them stays.

use std::path::Path;

use anyhow::Context;

const BEGIN: &str = "<!-- written by `bench run --write` from here -->";
const END: &str = "<!-- to here -->";

/// Puts figures into a page.
///
/// # Errors
/// The page cannot be read or written, or lacks the marks.
pub(super) fn write(page: &Path, figures: &str) -> anyhow::Result<()> {
    let of = || page.display().to_string();
    let text = std::fs::read_to_string(page).with_context(of)?;
    let written = with_figures(&text, figures).with_context(|| format!("{} lacks `{BEGIN}` and `{END}`", of()))?;
    std::fs::write(page, written).with_context(of)
}

fn with_figures(text: &str, figures: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", figures.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_take_the_place_of_earlier_ones_and_nothing_else() {
        let page = format!("before\n\n{BEGIN}\nold\n{END}\n\nafter\n");
        let once = with_figures(&page, "new").unwrap();
        assert_eq!(once, format!("before\n\n{BEGIN}\n\nnew\n\n{END}\n\nafter\n"));
        assert_eq!(with_figures(&once, "new").unwrap(), once);
        assert_eq!(with_figures("no marks", "new"), None);
    }
}
