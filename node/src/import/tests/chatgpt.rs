//! What else stands in ChatGPT's exports.

use super::{import, only};
use sheaf_protocol::chat::{MediaKind, Part, Role};

fn message(role: &str, content: &str, more: &str) -> String {
    format!(
        r#"{{"title":null,"create_time":null,"model_slug":"m","current_node":"gone","mapping":{{"n":{{"id":"n","parent":null,"children":null,"message":{{"author":{{"role":"{role}","name":null}},"create_time":null,"content":{content}{more}}}}}}}}}"#
    )
}

fn parts(content: &str, more: &str) -> Vec<Part> {
    let (mut chats, report) = import(message("assistant", content, more)).unwrap();
    assert_eq!(report.skipped_count, 0, "{:?}", report.skipped);
    chats.remove(0).chat.messages.remove(0).parts
}

#[test]
fn odd_contents_say_what_they_say() {
    let text = |text: &str| vec![Part::text(text)];
    assert_eq!(parts(r#"{"content_type":"text","parts":[null,"a",null]}"#, ""), text("a"), "nulls");
    assert_eq!(parts(r#"{"content_type":"text","text":"a"}"#, ""), text("a"), "not in parts");
    assert_eq!(parts(r#"{"parts":["a"]}"#, ""), text("a"), "without a type");
    let code = Part::Code { language: None, text: "click(1)".into() };
    assert_eq!(parts(r#"{"content_type":"tether_browsing_code","text":"click(1)"}"#, ""), [code]);
    let page =
        r#"{"content_type":"sonic_webpage","title":"T","url":"https://example.org","snippet":"s"}"#;
    assert_eq!(parts(page, "")[0].body(), "T\nhttps://example.org\ns");
    let failed = r#"{"content_type":"execution_output","text":"no"}"#;
    let result =
        parts(failed, r#","metadata":{"aggregate_result":{"in_kernel_exception":{"name":"E"}}}"#);
    assert!(matches!(&result[0], Part::ToolResult { is_error: true, .. }));
    let thought =
        r#"{"content_type":"thoughts","thoughts":[{"summary":"s","content":"c"},{"summary":"s"}]}"#;
    let bodies: Vec<String> = parts(thought, "").iter().map(|p| p.body().to_owned()).collect();
    assert_eq!(bodies, ["c", "s"], "a summary stands for a thought that is not shown");
}

#[test]
fn a_picture_that_is_shown_is_there_once() {
    let shown = r#"{"content_type":"multimodal_text","parts":[{"content_type":"image_asset_pointer","asset_pointer":"file-service://x","size_bytes":7},{"content_type":"audio_transcription","text":"spoken"},"look"]}"#;
    let attached = r#","metadata":{"attachments":[{"name":"a.png","mime_type":"image/png","size":7},{"name":"b.pdf","mimeType":"application/pdf","size":9}]}"#;
    let parts = parts(shown, attached);
    assert!(matches!(&parts[0], Part::Media { kind: MediaKind::Image, bytes: Some(7), .. }));
    assert!(
        matches!(&parts[1], Part::Media { kind: MediaKind::Audio, text: Some(t), .. } if t == "spoken")
    );
    assert_eq!(parts[2], Part::text("look"));
    assert!(
        matches!(&parts[3], Part::Media { kind: MediaKind::File, name: Some(n), .. } if n == "b.pdf")
    );
    assert_eq!(parts.len(), 4);
}

#[test]
fn what_is_missing_is_missing() {
    let (chats, report) =
        import(message("user", r#"{"content_type":"text","parts":["a"]}"#, "")).unwrap();
    let chat = &chats[0].chat;
    assert_eq!((chat.title.as_deref(), chat.created, chat.current), (None, None, None));
    assert_eq!((chat.model.as_deref(), chat.messages[0].model.as_deref()), (Some("m"), None));
    assert_eq!(report.dropped["current message that does not exist"], 1);
    for content in [
        "null",
        "{}",
        r#"{"content_type":"text","parts":null}"#,
        r#"{"content_type":"text","parts":[""]}"#,
    ] {
        let report = import(message("user", content, "")).unwrap().1;
        assert_eq!(report.skipped[0].reason.to_string(), "no message has any content", "{content}");
    }
    let report = import(message("wizard", r#"{"parts":["a"]}"#, "")).unwrap().1;
    assert_eq!(report.skipped[0].reason.to_string(), "message n has the unknown role “wizard”");
}

#[test]
fn whom_a_message_is_for_and_that_it_is_hidden_is_kept() {
    let chat = only(&message(
        "assistant",
        r#"{"content_type":"code","language":"python","text":"1"}"#,
        r#","recipient":"python","metadata":{"is_visually_hidden_from_conversation":true,"model_slug":"other","citations":[{"x":1}]}"#,
    ));
    let said = &chat.messages[0];
    assert_eq!((said.role, said.recipient.as_deref()), (Role::Assistant, Some("python")));
    assert!(said.hidden && said.model.as_deref() == Some("other"));
}

/// What is no bookkeeping, and has no place, is counted by its name.
#[test]
fn fields_that_nobody_has_read_are_named() {
    let more = r#","new":[1],"status":"x","metadata":{"canvas":{"a":1},"citations":[1],"request_id":"x","content_references":[]}"#;
    let text = message("user", r#"{"parts":["a"]}"#, more).replacen(
        '{',
        r#"{"moderation_results":[{"flagged":true}],"is_archived":true,"#,
        1,
    );
    let report = import(text).unwrap().1;
    let dropped: Vec<&str> = report.dropped.keys().map(String::as_str).collect();
    let expected = [
        "chat field “moderation_results”",
        "current message that does not exist",
        "message field “new”",
        "message metadata field “canvas”",
        "message metadata field “citations”",
    ];
    assert_eq!(dropped, expected);
}

/// Of some releases the instructions of the person stand beside a system message that is empty.
#[test]
fn instructions_beside_an_empty_message_are_kept() {
    let told = r#","metadata":{"user_context_message_data":{"about_user_message":"I cook.","about_model_message":"Be brief."}}"#;
    let (chats, report) =
        import(message("system", r#"{"content_type":"text","parts":[""]}"#, told)).unwrap();
    let expected = [Part::text("I cook."), Part::text("Be brief.")];
    assert_eq!(chats[0].chat.messages[0].parts, expected, "{report:?}");
}
