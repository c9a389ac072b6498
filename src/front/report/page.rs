//! Markdown as a page of HTML that needs nothing else: no script, no file beside it, nothing of the user that is markup.
//! In: Markdown in which marks stand for blocks, and the HTML of the blocks. Out: a whole page.

use super::document::{OPEN, SHUT};
use crate::render::markup::Markup;
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

/// What a picture of the report is, as an address that holds it whole.
pub type Pictures<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The page of a report.
pub fn page(title: &str, markdown: &str, blocks: &[String], pictures: Pictures<'_>) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    // Whether each picture that is open was taken in.
    let mut taken = Vec::new();
    let events = Parser::new_ext(markdown, options).map(|event| harmless(event, pictures, &mut taken));
    let mut body = String::new();
    html::push_html(&mut body, events);
    format!("{}<main>\n{}</main>\n</html>\n", Markup::Html.head(title), filled(&scrolled(&body), blocks))
}

/// The blocks in the places of their marks; what a block says is not looked at again.
fn filled(body: &str, blocks: &[String]) -> String {
    let mut out = String::new();
    let mut rest = body;
    while let Some((before, from)) = rest.split_once(OPEN) {
        let Some((number, after)) = from.split_once(SHUT) else { break };
        let block = number.parse::<usize>().ok().and_then(|n| blocks.get(n));
        let (before, after) = match (before.strip_suffix("<p>"), after.strip_prefix("</p>")) {
            (Some(before), Some(after)) => (before, after),
            _ => (before, after),
        };
        out.push_str(before);
        out.push_str(&block.map(|b| laid_out(&scrolled(b))).unwrap_or_default());
        rest = after;
    }
    out + rest
}

/// Tables that are wider than a phone are moved within themselves.
fn scrolled(body: &str) -> String {
    body.replace("<table>", "<div class=\"scroll\" tabindex=\"0\"><table>").replace("</table>", "</table></div>")
}

/// The query above a number is no heading of the report.
fn laid_out(block: &str) -> String {
    const HEAD: &str = "<section>\n<h3>";
    let mut parts = block.split(HEAD);
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        out.push_str("<section>\n<p class=\"query\"><code>");
        out.push_str(&part.replacen("</h3>", "</code></p>", 1));
    }
    out
}

/// Markup of the user is text; an address leads to a page, a place or a person, or nowhere.
fn harmless<'a>(event: Event<'a>, pictures: Pictures<'_>, taken: &mut Vec<bool>) -> Event<'a> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if leads(&dest_url) || link_type == LinkType::Email { dest_url } else { CowStr::from("#") };
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        // What is beside the report goes into it; what is elsewhere is not fetched, its words stand there alone.
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            let held = pictures(&dest_url);
            taken.push(held.is_some());
            held.map_or(Event::Start(Tag::Emphasis), |held| {
                Event::Start(Tag::Image { link_type, dest_url: CowStr::from(held), title, id })
            })
        }
        Event::End(TagEnd::Image) => match taken.pop() {
            Some(false) => Event::End(TagEnd::Emphasis),
            _ => Event::End(TagEnd::Image),
        },
        other => other,
    }
}

/// Whether an address may be followed.
fn leads(address: &str) -> bool {
    let scheme = address.split_once(':').map(|(scheme, _)| scheme).filter(|s| !s.contains(['/', '#', '?']));
    scheme.is_none_or(|s| ["http", "https", "mailto"].iter().any(|known| s.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    fn made(text: &str, blocks: &[String]) -> String {
        page("t", text, blocks, &|name| (name == "own.svg").then(|| "data:image/svg+xml;base64,AA".into()))
    }

    #[test]
    fn what_the_user_writes_is_text() {
        let out = made(
            "a <script>x</script> [l](javascript:alert) [m](https://x.y) ![p](own.svg) ![q *r*](http://x/y.png)\n\n<div>\n",
            &[],
        );
        assert!(!out.contains("<script") && !out.contains("<div>") && !out.contains("javascript"), "{out}");
        assert!(out.contains("&lt;script&gt;") && out.contains("href=\"https://x.y\""), "{out}");
        assert!(out.contains("src=\"data:image/svg+xml;base64,AA\"") && !out.contains("http://x/y.png"), "{out}");
    }

    #[test]
    fn blocks_stand_in_their_places_and_are_not_looked_at_again() {
        let mark = |n: usize| format!("{OPEN}{n}{SHUT}");
        let text = format!("one\n\n{}\n\n- two\n\n{}\n", mark(0), mark(1));
        let out = made(&text, &[format!("<section>\n<h3>a</h3>{}</section>", mark(1)), "<table>b</table>".into()]);
        assert!(out.contains("<p class=\"query\"><code>a</code></p>"), "{out}");
        assert_eq!(out.matches("<table>b</table></div>").count(), 1, "{out}");
        assert!(!out.contains("<p><table>"), "{out}");
    }
}
