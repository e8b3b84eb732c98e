//! What a response of Grok says, what it thought before, and what came with it.

use crate::import::fields::{self, Dropped};
use crate::import::json::Value;
use crate::import::media::{Medium, other};
use sheaf_protocol::chat::{MediaKind, Part};

/// Results of searches and the cards that show them.
const SOURCES: [&str; 12] = [
    "web_search_results",
    "cited_web_search_results",
    "xpost_ids",
    "cited_xposts",
    "xposts",
    "webpage_urls",
    "citations",
    "rag_results",
    "search_product_results",
    "connector_search_results",
    "collection_search_results",
    "card_attachments_json",
];

pub(super) fn parts_of(response: &Value, dropped: &mut Dropped) -> Vec<Part> {
    let mut parts = thoughts(response, dropped);
    parts.extend(fields::text(response, "message").map(Part::text));
    for key in ["image_attachments", "file_attachments"] {
        parts.extend(fields::list(response, key).iter().map(|file| attachment(key, file, dropped)));
    }
    parts.extend(drawn(response, dropped));
    for key in ["error", "tool_responses"] {
        let value = response.get(key).filter(|value| fields::says(value));
        parts.extend(value.map(|value| other(Some(&Value::from(key)), value, dropped)));
    }
    for key in SOURCES {
        dropped.count_said(response.get(key), "sources of an answer");
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The traces; steps tell the same in pieces, and count where there is no trace.
fn thoughts(response: &Value, dropped: &mut Dropped) -> Vec<Part> {
    let agents = fields::list(response, "agent_thinking_traces").iter();
    let agents = agents.filter_map(|agent| fields::text(agent, "thinking_trace"));
    let traces = fields::text(response, "thinking_trace").into_iter().chain(agents);
    let mut parts: Vec<Part> = traces.map(|text| Part::Reasoning { text: text.into() }).collect();
    for step in fields::list(response, "steps").iter().filter(|step| fields::says(step)) {
        match fields::text(response, "thinking_trace") {
            Some(_) => dropped.count("step of a thought (the thought is kept)"),
            None => parts.push(thought(step, dropped)),
        }
    }
    parts
}

/// A step has its texts under the tags that `tag_order` lists, or as a plain list.
fn thought(step: &Value, dropped: &mut Dropped) -> Part {
    let tagged = step.get("tagged_text").and_then(Value::as_object);
    let tags = fields::list(step, "tag_order").iter().filter_map(Value::as_str);
    let ordered: Vec<&Value> = tags.filter_map(|tag| tagged?.get(tag)).collect();
    let texts = match (ordered.is_empty(), tagged) {
        (true, Some(tagged)) => tagged.iter().map(|(_, text)| text).collect(),
        (true, None) => step.get("text").into_iter().collect(),
        (false, _) => ordered,
    };
    let text: Vec<String> = texts.into_iter().flat_map(lines).collect();
    if text.is_empty() {
        return other(Some(&Value::from("step")), step, dropped);
    }
    for key in ["web_search_results", "tool_usage_results"] {
        dropped.count_said(step.get(key), "sources of an answer");
    }
    Part::Reasoning { text: text.join("\n") }
}

/// A text, or the texts of a list.
fn lines(value: &Value) -> Vec<String> {
    let list = value.as_array().unwrap_or(std::slice::from_ref(value));
    list.iter().map(|text| fields::json_text(Some(text))).filter(|text| !text.is_empty()).collect()
}

/// A file is an identifier, or an object that says more.
fn attachment(key: &str, file: &Value, dropped: &mut Dropped) -> Part {
    let first = |keys: &[&str]| fields::first(file, keys);
    let named = first(&["file_name", "fileName", "name", "file_metadata_id", "url"]);
    Medium {
        kind: (key == "image_attachments").then_some(MediaKind::Image),
        mime: first(&["mime_type", "mimeType", "file_mime_type", "fileMimeType"]),
        name: named.or(Some(file)),
        bytes: first(&["size", "size_bytes", "file_size"]),
        text: None,
    }
    .part(dropped)
}

/// Pictures that were drawn carry the words they were drawn from.
fn drawn(response: &Value, dropped: &mut Dropped) -> Vec<Part> {
    let edited = response.get("image_edit_uri").filter(|uri| fields::says(uri));
    let urls = fields::list(response, "generated_image_urls").iter().chain(edited);
    let text = fields::text(response, "query");
    let kind = Some(MediaKind::Image);
    let parts: Vec<Part> = urls
        .map(|url| Medium { kind, name: Some(url), text, ..Medium::default() }.part(dropped))
        .collect();
    if parts.is_empty() && text.is_some() {
        dropped.count("words of a search");
    }
    parts
}
