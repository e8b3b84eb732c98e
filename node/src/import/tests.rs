use super::*;
use sheaf_protocol::chat::{Part, Role};
use std::io;
use std::path::PathBuf;

fn import(text: impl AsRef<[u8]>) -> Result<(Vec<Imported>, Report), ImportError> {
    let mut chats = Vec::new();
    let report = read_chats(text.as_ref(), &mut |imported| chats.push(imported))?;
    assert_eq!(report.chats, chats.len() as u64);
    Ok((chats, report))
}

fn refused(text: impl AsRef<[u8]>) -> String {
    import(text).expect_err("must be refused").to_string()
}

fn only(text: &str) -> Chat {
    let (mut chats, report) = import(text).unwrap();
    assert_eq!((chats.len(), report.skipped_count), (1, 0), "{report:?}");
    chats.remove(0).chat
}

/// Real exports lie beside the repository; CI must have them.
fn data(name: &str) -> Option<PathBuf> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    if root.is_dir() {
        return Some(root.join(name));
    }
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{} is missing", root.display());
    println!("skipped: {} is missing", root.display());
    None
}

fn import_file(path: PathBuf) -> Result<(Vec<Imported>, Report), ImportError> {
    let mut chats = Vec::new();
    let file = std::fs::File::open(path).unwrap();
    read_chats(file, &mut |imported| chats.push(imported)).map(|report| (chats, report))
}

/// The counts were made by hand, with Python.
#[test]
fn real_exports_come_whole() {
    for (name, format, chats, messages) in [
        ("chatgpt/code-interpreter.json", "ChatGPT export", 1, 42),
        ("chatgpt/minimal-with-personal-details.json", "ChatGPT export", 5, 10),
        ("chatgpt/photosynthesis.json", "ChatGPT export", 1, 11),
        ("openai-messages/identity-blocks.jsonl", "OpenAI messages", 50, 100),
        ("openai-messages/multimodal.json", "OpenAI messages", 6, 24),
        ("openai-messages/tau-bench-airline-12.jsonl", "OpenAI messages", 12, 378),
        ("derived/chatterbot-multilingual.jsonl", "OpenAI messages", 6000, 15974),
    ] {
        let Some(path) = data(name) else { return };
        let (read, report) = import_file(path).unwrap_or_else(|e| panic!("{name}: {e}"));
        let found: usize = read.iter().map(|imported| imported.chat.message_count()).sum();
        assert_eq!((report.format, read.len(), found), (format, chats, messages), "{name}");
        assert_eq!(report.skipped_count, 0, "{name}: {:?}", report.skipped);
        for imported in read {
            let bytes = imported.chat.to_cbor();
            assert_eq!(Chat::from_cbor(&bytes).unwrap(), imported.chat, "{name}");
        }
    }
}

#[test]
fn exports_of_other_tools_are_named() {
    for (name, looks_like) in [
        ("chatbotui/export-v4.json", "Chatbot UI"),
        ("claude/private-use-chars-no-sender.json", "Claude"),
        ("claude/redacted-account.json", "Claude"),
        ("claude/thinking.json", "Claude"),
        ("claude/tool-use-artifacts.json", "Claude"),
        ("derived/lmsys-shape-300.jsonl", "LMSYS"),
        ("derived/lmsys-shape-300.parquet", "Parquet"),
        ("derived/wildchat-shape-300.parquet", "Parquet"),
        ("gemini-aistudio/probability.json", "AI Studio"),
        ("grok/photosynthesis.json", "Grok"),
        ("librechat/export-recursive-branches.json", "LibreChat"),
        ("librechat/linear.json", "LibreChat"),
        ("mt-bench/reference-gpt4.jsonl", "MT-Bench"),
        ("oasst/trees-first-40.jsonl", "OpenAssistant"),
        ("oasst/trees-lines-41-45.jsonl.gz", "gzip archive: unpack it first"),
        ("openwebui/converted-from-chatgpt.json", "Open WebUI"),
        ("openwebui/converted-from-claude.json", "Open WebUI"),
        ("openwebui/converted-from-claude_thinking.json", "Open WebUI"),
        ("openwebui/converted-from-grok.json", "Open WebUI"),
        ("openwebui/converted-from-invalid_unicode.json", "Open WebUI"),
        ("openwebui/single-chat.json", "Open WebUI"),
        ("pii/faker-chat-dev.jsonl", "labelled text"),
        ("pii/presidio-generated-small.json", "labelled text"),
        ("sharegpt/fastchat-dummy.json", "ShareGPT"),
        ("sharegpt/toolcall-en.json", "ShareGPT"),
        ("sharegpt/toolcall-zh.json", "ShareGPT"),
    ] {
        let Some(path) = data(name) else { return };
        let error = import_file(path).expect_err("not a known format").to_string();
        assert!(error.contains(looks_like), "{name}: {error}");
    }
}

#[test]
fn the_code_interpreter_chat_keeps_programs_results_and_times() {
    let Some(path) = data("chatgpt/code-interpreter.json") else { return };
    let (chats, report) = import_file(path).unwrap();
    let chat = &chats[0].chat;
    assert_eq!(
        chat.created.map(|t| t.ms()),
        Some(1_695_326_273_969),
        "seconds become milliseconds"
    );
    assert_eq!(report.dropped["empty system message"], 2);
    let calls = chat.messages.iter().filter(|m| m.recipient.as_deref() == Some("python"));
    assert_eq!(calls.count(), 11);
    let results = chat.messages.iter().filter(|m| m.role == Role::Tool);
    assert!(results.clone().all(|m| matches!(m.parts[0], Part::ToolResult { .. })));
    assert_eq!(results.count(), 11);
    assert_eq!(chat.current_path().len(), 42 - other_branches(chat));
}

fn other_branches(chat: &Chat) -> usize {
    let path = chat.current_path();
    (0..chat.message_count() as u32).filter(|index| !path.contains(index)).count()
}

fn row(text: &str) -> String {
    format!(r#"{{"title":"{text}","messages":[{{"role":"user","content":"{text}"}}]}}"#)
}

#[test]
fn one_bad_line_costs_one_chat() {
    let mut lines: Vec<String> = (0..99).map(|n| row(&format!("chat {n}"))).collect();
    lines.insert(41, r#"{"title":"bad","messages":[{"role":"user","content":"x}]}"#.into());
    let (chats, report) = import(lines.join("\n")).unwrap();
    assert_eq!((chats.len(), report.skipped_count), (99, 1));
    assert_eq!(report.skipped[0].position, 42);
    assert!(report.skipped[0].reason.to_string().contains("JSON"), "{:?}", report.skipped);
    assert_eq!(chats[41].position, 43, "positions are those of the file");
}

#[test]
fn one_bad_element_costs_one_chat_and_is_named() {
    let mut items: Vec<String> = (0..99).map(|n| row(&format!("chat {n}"))).collect();
    items.insert(7, r#"{"title":"silent","messages":[{"role":"user","content":""}]}"#.into());
    let (chats, report) = import(format!("[{}]", items.join(",\n"))).unwrap();
    assert_eq!(chats.len(), 99);
    let problem = &report.skipped[0];
    assert_eq!((problem.position, problem.title.as_deref()), (8, Some("silent")));
    assert_eq!(problem.reason.to_string(), "no message has any content");
}

#[test]
fn odd_json_is_a_named_problem() {
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    for (bad, reason) in [
        ("NaN", "not readable as JSON"),
        (r#"{"messages":[{"role":"user","content":"\ud800"}]}"#, "lone surrogate"),
        (r#"{"messages":[{"role":"user","content":"\ude00x"}]}"#, "lone surrogate"),
        (r#"{"messages":[{"role":"user","content":"\ud83d\n"}]}"#, "lone surrogate"),
        (deep.as_str(), "recursion limit"),
        (r#"{"messages":[{"role":"wizard","content":"x"}]}"#, "unknown role “wizard”"),
        (r#"{"messages":[{"role":"user","content":"x"}, 3]}"#, "message 2 is not an object"),
        ("{}", "not a conversation of a known format"),
        ("{\"a\":1,}", "not readable as JSON"),
    ] {
        let (chats, report) = import(format!("[{}, {bad}, {}]", row("a"), row("b"))).unwrap();
        assert_eq!((chats.len(), report.skipped_count), (2, 1), "{bad:.60}");
        let found = report.skipped[0].reason.to_string();
        assert!(found.contains(reason), "{bad:.60}: {found}");
    }
}

#[test]
fn a_file_cut_short_gives_what_it_has() {
    let whole = format!("[{},{},{}]", row("a"), row("b"), row("c"));
    for end in 1..whole.len() {
        match import(&whole[..end]) {
            Ok((chats, report)) => assert!(chats.len() as u64 + report.skipped_count >= 1, "{end}"),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    let (chats, report) = import(&whole[..whole.len() - 9]).unwrap();
    assert_eq!(chats.len(), 2);
    assert_eq!(report.skipped[0].reason.to_string(), "the file ends in the middle of it");
    let (chats, report) = import(format!("[{} {}]", row("a"), row("b"))).unwrap();
    assert_eq!(chats.len(), 1);
    assert!(report.skipped[0].reason.to_string().contains("broken at byte"), "no comma");
}

#[test]
fn what_is_no_export_is_refused_by_name() {
    assert_eq!(refused(""), "the file is empty");
    assert_eq!(refused(" \n"), "the file is empty");
    assert!(refused(b"PK\x03\x04zip").contains("zip archive: unpack it first"));
    assert!(refused(b"\xff\xfe[\0]\0").contains("UTF-16"));
    assert!(refused("<!doctype html>").contains("web page"));
    assert!(refused("hello").contains("cannot be read as JSON"));
    assert!(refused("[1, 2, 3]").contains("JSON of another kind"));
    assert!(refused(b"{\"messages\": [\xff]}").contains("cannot be read as JSON"));
    struct Broken;
    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let error = read_chats(Broken, &mut |_| {}).expect_err("a failing disk");
    assert_eq!(error.to_string(), "reading failed: the disk is gone");
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
fn a_record_beyond_the_bound_is_passed_over() {
    let long = format!(r#"{{"title":"long","messages":["{}"]}}"#, "x".repeat(100 * 1024 * 1024));
    let text = format!("[{},{long},{}]", row("a"), row("b"));
    let (chats, report) = import(text).unwrap();
    assert_eq!(chats.len(), 2);
    assert!(report.skipped[0].reason.to_string().contains("longer than"), "{:?}", report.skipped);
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
fn orphans_begin_anew_and_circles_are_named() {
    let text = format!(r#"{{"mapping":{{{}}}}}"#, node("u", "\"gone\"", "user", "x"));
    let (chats, report) = import(text).unwrap();
    assert_eq!(chats[0].chat.messages[0].parent, None);
    assert_eq!(report.dropped["link to a missing message (what follows begins anew)"], 1);
    let text = format!(
        r#"{{"mapping":{{{},{},{}}}}}"#,
        node("o", "null", "user", "x"),
        node("a", "\"b\"", "user", "x"),
        node("b", "\"a\"", "user", "x")
    );
    let (chats, report) = import(text).unwrap();
    assert!(chats.is_empty());
    assert_eq!(report.skipped[0].reason.to_string(), "2 messages follow each other in a circle");
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

#[test]
fn the_samples_are_two_dozen_chats() {
    let mut count = 0;
    for (name, text) in samples::SAMPLES {
        let (chats, report) = import(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!((chats.len(), report.skipped_count), (8, 0), "{name}: {:?}", report.skipped);
        for imported in &chats {
            let messages = imported.chat.message_count();
            assert!((4..=12).contains(&messages), "{name}: {:?}", imported.chat.title);
        }
        count += chats.len();
    }
    assert_eq!(count, 24);
}
