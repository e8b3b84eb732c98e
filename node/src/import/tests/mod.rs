use super::*;
use sheaf_protocol::chat::{Chat, Part, Role};

mod assistants;
mod chatgpt;
mod damage;
mod exports;
mod hostile;
mod normal;
mod packed;
mod research;
mod rows;
mod tables;
mod thumbs;
mod training;
mod zips;

fn import(text: impl AsRef<[u8]>) -> Result<(Vec<Imported>, Report), ImportError> {
    let mut chats = Vec::new();
    let report = read_chats(text.as_ref(), &mut |imported| chats.push(imported))?;
    assert_eq!(report.chats, chats.len() as u64);
    Ok((chats, report))
}

fn only(text: &str) -> Chat {
    let (mut chats, report) = import(text).unwrap();
    assert_eq!((chats.len(), report.skipped_count), (1, 0), "{report:?}");
    chats.remove(0).chat
}

fn row(text: &str) -> String {
    format!(r#"{{"title":"{text}","messages":[{{"role":"user","content":"{text}"}}]}}"#)
}

#[test]
fn every_layout_of_messages_is_read() {
    let bare = r#"[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]"#;
    for (text, chats, messages) in [
        (row("x"), 1, 1),
        (format!("\u{feff}{}\r\n{}\r\n", row("x"), row("y")), 2, 2),
        (bare.to_owned(), 1, 2),
        (format!("{bare}\n{bare}\n"), 2, 4),
        (format!(" [\n{} ,\n {}\n ]\n", row("x"), row("y")), 2, 2),
        (format!("[{bare}, {bare}]"), 2, 4),
        ("{\n \"messages\": [\n{\"role\": \"user\",\n \"content\": \"x\"}\n]}".into(), 1, 1),
        ("{ \"messages\": [\n{\"role\": \"user\", \"content\": \"x\"}\n] }".into(), 1, 1),
    ] {
        let (read, report) = import(&text).unwrap();
        let found: usize = read.iter().map(|i| i.chat.message_count()).sum();
        assert_eq!((read.len(), found, report.skipped_count), (chats, messages, 0), "{text}");
    }
}

#[test]
fn blocks_calls_and_media_find_their_parts() {
    let chat = only(
        r#"{"id":"c1","model":"m","messages":[
        {"role":"developer","content":[{"type":"text","text":"Be kind."}]},
        {"role":"user","content":[{"type":"text","value":"What is it?"},
          {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
          {"type":"input_audio","input_audio":{"format":"wav","data":"AAAA"}}]},
        {"role":"assistant","content":null,"reasoning_content":"Hm.",
          "tool_calls":[{"id":"k","type":"function","function":{"name":"look","arguments":"{\"a\": 1.50}"}}]},
        {"role":"tool","tool_call_id":"k","content":"a cat"},
        {"role":"assistant","content":"","function_call":{"name":"f","arguments":{"x":1}}},
        {"role":"function","name":"f","content":"2"}]}"#,
    );
    let roles: Vec<Role> = chat.messages.iter().map(|m| m.role).collect();
    use Role::{Assistant, Developer, Tool, User};
    assert_eq!(roles, [Developer, User, Assistant, Tool, Assistant, Tool]);
    let call = Part::ToolCall {
        id: Some("k".into()),
        name: "look".into(),
        arguments: r#"{"a": 1.50}"#.into(),
    };
    assert_eq!(chat.messages[2].parts, [Part::Reasoning { text: "Hm.".into() }, call]);
    assert_eq!(chat.messages[1].parts.len(), 3);
    assert_eq!(chat.messages[3].parts[0].body(), "a cat");
    assert_eq!(chat.leaves(), [5]);
}

/// Rows of several kinds in one file: each is read as what it is.
#[test]
fn formats_may_stand_side_by_side() {
    let lines = [&row("a"), r#"{"prompt":"q","completion":"x"}"#, "{}", &row("b")].join("\n");
    let (chats, report) = import(lines).unwrap();
    assert_eq!((chats.len(), report.skipped_count, report.format), (3, 1, "OpenAI messages"));
    let sources: Vec<_> = chats.iter().filter_map(|read| read.chat.source.as_deref()).collect();
    assert_eq!(sources, ["openai-messages", "prompt-completion", "openai-messages"]);
}

fn node(id: &str, parent: &str, role: &str, text: &str) -> String {
    format!(
        r#""{id}":{{"parent":{parent},"message":{{"author":{{"role":"{role}"}},
        "content":{{"content_type":"text","parts":["{text}"]}},"create_time":1.5}}}}"#
    )
}

#[test]
fn a_tree_without_children_or_current_node_is_rebuilt_from_parents() {
    let chat = only(&format!(
        r#"{{"title":"t","mapping":{{"r":{{"parent":null,"message":null}},{},{},{},{}}}}}"#,
        node("s", "\"r\"", "system", ""),
        node("u", "\"s\"", "user", "question"),
        node("b", "\"u\"", "assistant", "second"),
        node("a", "\"u\"", "assistant", "first"),
    ));
    assert_eq!(chat.message_count(), 3, "root and empty system message are passed over");
    assert_eq!(chat.leaves(), [1, 2], "a regenerated answer is a branch");
    assert_eq!((chat.current, chat.messages[0].parent), (None, None));
    assert_eq!(chat.messages[0].created.map(|t| t.ms()), Some(1500));
}

#[test]
fn a_conversation_may_be_as_deep_as_it_is_long() {
    let nodes: Vec<String> =
        (0..20_000).map(|n| node(&n.to_string(), &format!("\"{}\"", n + 1), "user", "x")).collect();
    let chat = only(&format!(r#"{{"mapping":{{{}}}}}"#, nodes.join(",")));
    assert_eq!(chat.path(chat.leaves()[0]).len(), 20_000);
}

#[test]
fn content_types_of_chatgpt_find_their_parts() {
    let contents = [
        r#"{"content_type":"code","language":"unknown","text":"print(1)"}"#,
        r#"{"content_type":"execution_output","text":"1"}"#,
        r#"{"content_type":"multimodal_text","parts":[{"content_type":"image_asset_pointer","size_bytes":5,"metadata":{"dalle":{"prompt":"a cat"}}},"look"]}"#,
        r#"{"content_type":"thoughts","thoughts":[{"summary":"s","content":"c"}]}"#,
        r#"{"content_type":"reasoning_recap","content":"Thought for 5 seconds"}"#,
        r#"{"content_type":"tether_browsing_display","result":"","summary":"found"}"#,
        r#"{"content_type":"tether_quote","url":"https://example.org","title":"T","text":"q"}"#,
        r#"{"content_type":"user_editable_context","user_profile":"p","user_instructions":"i"}"#,
        r#"{"content_type":"brand_new","x":1}"#,
    ];
    let nodes: Vec<String> = contents
        .iter()
        .enumerate()
        .map(|(n, content)| {
            format!(
                r#""{n}":{{"parent":null,"message":{{"author":{{"role":"tool","name":"t"}},"recipient":"all","create_time":null,"metadata":{{"is_visually_hidden_from_conversation":true,"model_slug":"m"}},"content":{content}}}}}"#
            )
        })
        .collect();
    let chat = only(&format!(r#"{{"current_node":"8","mapping":{{{}}}}}"#, nodes.join(",")));
    let bodies: Vec<Vec<&str>> =
        chat.messages.iter().map(|m| m.parts.iter().map(Part::body).collect()).collect();
    let expected: [&[&str]; 9] = [
        &["print(1)"],
        &["1"],
        &["a cat", "look"],
        &["c"],
        &["Thought for 5 seconds"],
        &["found"],
        &["T\nhttps://example.org\nq"],
        &["p", "i"],
        &[r#"{"content_type":"brand_new","x":1}"#],
    ];
    assert_eq!(bodies, expected);
    assert!(chat.messages.iter().all(|m| m.hidden && m.model.as_deref() == Some("m")));
    assert_eq!((chat.current, chat.messages[0].recipient.as_deref()), (Some(8), None));
    assert!(matches!(&chat.messages[8].parts[0], Part::Other { kind, .. } if kind == "brand_new"));
}
