//! HTML bodies: their text alternative, and what mail law expects in them.

/// Columns of the text alternative.
const TEXT_WIDTH: usize = 78;

/// Plain text of a rendered HTML body, with links as footnotes. Empty when there is nothing to read.
pub fn html_to_text(html: &str) -> String {
    html2text::config::plain()
        .no_table_borders()
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), TEXT_WIDTH)
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}

/// Whether the body offers a way out of the list: our link, or a link of its own.
pub(crate) fn has_unsubscribe(html: &str) -> bool {
    let html = html.to_ascii_lowercase();
    ["unsubscribe_url", "preferences_url"].iter().any(|name| html.contains(name))
        || html
            .split("href")
            .skip(1)
            .any(|link| link.split('>').next().is_some_and(|link| link.contains("unsubscribe")))
}
