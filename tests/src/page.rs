//! The page that keeps the figures, between two marks; what people wrote around them stays.

use std::path::Path;

use anyhow::Context;

const END: &str = "<!-- to here -->";

/// The mark before what a program writes.
fn begin(program: &str) -> String {
    format!("<!-- written by `{program} run --write` from here -->")
}

/// Puts the figures of a program into a page.
///
/// # Errors
/// The page cannot be read or written, or lacks the program's marks.
pub fn write(page: &Path, program: &str, figures: &str) -> anyhow::Result<()> {
    let of = || page.display().to_string();
    let text = std::fs::read_to_string(page).with_context(of)?;
    let written = with_figures(&text, program, figures);
    let written = written.with_context(|| format!("{} lacks `{}` and `{END}`", of(), begin(program)))?;
    std::fs::write(page, written).with_context(of)
}

fn with_figures(text: &str, program: &str, figures: &str) -> Option<String> {
    let begin = begin(program);
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{begin}\n\n{}\n\n{END}{after}", figures.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_take_the_place_of_earlier_ones_and_nothing_else() {
        let (one, other) = (begin("one"), begin("other"));
        let page = format!("before\n\n{one}\nold\n{END}\n\nafter\n{other}\n\nits own\n\n{END}\n");
        let once = with_figures(&page, "one", "new").unwrap();
        let expected = format!("before\n\n{one}\n\nnew\n\n{END}\n\nafter\n{other}\n\nits own\n\n{END}\n");
        assert_eq!(once, expected);
        assert_eq!(with_figures(&once, "one", "new").unwrap(), once);
        assert_eq!(with_figures(&once, "other", "its own").unwrap(), once);
        assert_eq!(with_figures(&once, "third", "new"), None);
    }
}
