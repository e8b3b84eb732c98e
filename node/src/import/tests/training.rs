//! Training files: ShareGPT, OpenAI messages with what stands beside them, prompts and answers.

use super::exports::{data, import_file};
use super::{import, only};
use sheaf_protocol::chat::{Chat, Feedback, MediaKind, Message, Part, Role};

/// Role, parent, text, and `+`, `-` or `0` with the rank, of each message.
fn outline(chat: &Chat) -> Vec<String> {
    let line = |m: &Message| {
        let role = &format!("{:?}", m.role)[..1];
        let parent = m.parent.map_or("-".into(), |parent| parent.to_string());
        let said: Vec<&str> = m.parts.iter().map(Part::body).collect();
        let rank = |f: &Feedback| f.rank.map(|rank| rank.to_string()).unwrap_or_default();
        let sign = |f: &Feedback| f.rating.map_or("", |r| ["-", "0", "+"][(r + 1) as usize]);
        let judged = m.feedback.as_ref().map(|f| format!(" {}{}", sign(f), rank(f)));
        format!("{role}{parent} {}{}", said.join("|"), judged.unwrap_or_default())
    };
    chat.messages.iter().map(line).collect()
}

fn scores(feedback: Option<&Feedback>) -> Vec<(&str, &str)> {
    let scores = feedback.map(|f| f.scores.iter()).into_iter().flatten();
    scores.map(|score| (score.name.as_str(), score.value.as_str())).collect()
}

#[test]
fn sharegpt_speakers_calls_and_tools_are_understood() {
    let chat = only(
        r#"{"id":"x","system":"Be kind.","tools":"[{\"name\": \"look\"}]","conversations":[
        {"from":"gpt","value":"Hello, I begin."},{"from":"human","value":"Look."},
        {"from":"function_call","value":"{\"name\": \"look\", \"arguments\": {\"b\": 1.50, \"a\": 2}}"},
        {"from":"observation","value":"a cat"},{"from":"bing","value":"A cat.","weight":0}]}"#,
    );
    assert_eq!(chat.source.as_deref(), Some("sharegpt"));
    let expected = [
        r#"S- [{"name": "look"}]"#,
        "S0 Be kind.",
        "A1 Hello, I begin.",
        "U2 Look.",
        r#"A3 {"b": 1.50, "a": 2}"#,
        "T4 a cat",
        "A5 A cat. ",
    ];
    assert_eq!(outline(&chat), expected);
    assert!(chat.messages[0].hidden && !chat.messages[1].hidden, "tools are not shown to people");
    assert!(matches!(&chat.messages[0].parts[0], Part::Other { kind, .. } if kind == "tools"));
    assert!(matches!(&chat.messages[4].parts[0], Part::ToolCall { name, .. } if name == "look"));
    assert!(matches!(&chat.messages[5].parts[0], Part::ToolResult { .. }));
    assert_eq!(chat.messages[6].name.as_deref(), Some("bing"), "which assistant it was is kept");
    assert_eq!(scores(chat.messages[6].feedback.as_ref()), [("weight", "0")]);
}

#[test]
fn sharegpt_lists_have_many_shapes() {
    for (text, expected) in [
        (
            r#"{"conversation":[{"role":"human","content":"a"},{"role":"model","content":"b"}]}"#,
            ["U- a", "A0 b"],
        ),
        (
            r#"{"items":[{"from":"Human","text":"a"},{"from":"chatgpt","text":"b"}]}"#,
            ["U- a", "A0 b"],
        ),
        (r#"{"conversation":[{"human":"a","assistant":"b"}]}"#, ["U- a", "A0 b"]),
        (
            r#"{"conversations":[{"from":"user","value":"a"},{"from":"bard","value":"b"}]}"#,
            ["U- a", "A0 b"],
        ),
        (
            r#"{"tools":"[]","conversations":[{"from":"assistant","value":"a"},{"from":"tool_response","value":"b"}]}"#,
            ["A- a", "T0 b"],
        ),
        (
            r#"{"system":"a","conversations":[{"from":"system","value":"a"},{"from":"human","value":"b"}]}"#,
            ["S- a", "U0 b"],
        ),
    ] {
        assert_eq!(outline(&only(text)), expected, "{text}");
    }
}

#[test]
fn empty_talks_are_skipped_by_name_and_equal_identifiers_are_kept() {
    let turn = r#"[{"from":"human","value":"a"}]"#;
    let text = format!(
        r#"[{{"id":"x","conversations":[]}},{{"id":"x","conversations":{turn}}},
        {{"id":"x","conversations":{turn}}},{{"id":"y","tools":"[1]","conversations":[]}},
        {{"id":"z","conversations":[{{"from":"wizard","value":"a"}}]}}]"#
    );
    let (chats, report) = import(text).unwrap();
    let ids: Vec<_> = chats.iter().map(|chat| chat.source_id.as_deref()).collect();
    assert_eq!((report.format, ids), ("ShareGPT", vec![Some("x"), Some("x")]));
    let reasons: Vec<String> = report.skipped.iter().map(|p| p.reason.to_string()).collect();
    assert_eq!(reasons[..2], ["no message has any content"; 2], "tools alone are no chat");
    assert!(reasons[2].contains("unknown role “wizard”"), "{reasons:?}");
}

#[test]
fn preferences_are_branches_where_they_part() {
    let expected = ["U- q", "A0 good +0", "A0 bad -1"];
    let (user, good, bad) = (
        r#"{"role":"user","content":"q"}"#,
        r#"{"role":"assistant","content":"good"}"#,
        r#"{"role":"assistant","content":"bad"}"#,
    );
    for row in [
        r#"{"prompt":"q","chosen":"good","rejected":"bad"}"#.to_owned(),
        r#"{"instruction":"q","input":"","chosen":"good","rejected":"bad"}"#.into(),
        format!(r#"{{"prompt":[{user}],"chosen":[{good}],"rejected":[{bad}]}}"#),
        format!(r#"{{"chosen":[{user},{good}],"rejected":[{user},{bad}]}}"#),
        format!(r#"{{"prompt":"q","chosen":[{user},{good}],"rejected":[{user},{bad}]}}"#),
        format!(r#"{{"messages":[{user}],"chosen":{good},"rejected":{bad}}}"#),
        format!(r#"{{"prompt":"q","messages":[{user},{good}],"chosen":[{user},{good}],"rejected":[{user},{bad}]}}"#),
        format!(r#"{{"messages":[{user},{good}],"rejected_response":"bad"}}"#),
        format!(r#"{{"messages":[{user},{good}],"rejected_message":{bad}}}"#),
        format!(r#"{{"messages":[{user},{good}],"rejected_messages":[{user},{bad}]}}"#),
        r#"{"query":"q","response":"good","rejected_response":"bad"}"#.into(),
        format!(r#"{{"input":{{"messages":[{user}],"tools":[]}},"preferred_output":[{good}],"non_preferred_output":[{bad}]}}"#),
        r#"{"conversations":[{"from":"human","value":"q"}],"chosen":{"from":"gpt","value":"good"},"rejected":{"from":"gpt","value":"bad"}}"#.into(),
        r#"{"chosen":"\n\nHuman: q\n\nAssistant: good","rejected":"\n\nHuman: q\n\nAssistant: bad"}"#.into(),
        r#"{"prompt":"\n\nHuman: q\n\nAssistant:","chosen":"good","rejected":"bad"}"#.into(),
    ] {
        let (chats, report) = import(&row).unwrap_or_else(|e| panic!("{row}: {e}"));
        assert_eq!(outline(&chats[0].chat), expected, "{row}");
        assert!(report.dropped.is_empty(), "{row}: {:?}", report.dropped);
    }
}

#[test]
fn preferences_keep_scores_models_and_the_long_way_before_they_part() {
    let chat = only(
        r#"{"prompt":"q","score_chosen":8.50,"score_rejected":3,"chosen-model":"m1",
        "chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"a"},
          {"role":"user","content":"r"},{"role":"assistant","content":"b"}],
        "rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"a"},
          {"role":"user","content":"r"},{"role":"assistant","content":"c"}]}"#,
    );
    assert_eq!(chat.source.as_deref(), Some("preference-pairs"));
    assert_eq!(outline(&chat), ["U- q", "A0 a", "U1 r", "A2 b +0", "A2 c -1"]);
    let model = chat.messages.iter().map(|m| m.model.as_deref()).collect::<Vec<_>>();
    assert_eq!(model, [None, None, None, Some("m1"), None]);
    assert_eq!(scores(chat.messages[3].feedback.as_ref()), [("score", "8.5")]);
    assert_eq!(scores(chat.messages[4].feedback.as_ref()), [("score", "3")]);
    let (chats, report) = import(r#"{"prompt":"q","chosen":"a","rejected":"a"}"#).unwrap();
    assert_eq!(outline(&chats[0].chat), ["U- q", "A0 a"], "equal answers prefer nothing");
    assert_eq!(report.dropped["answer that is equal to the one it is compared with"], 1);
    let many = only(r#"{"prompt":"q","chosen":"a","rejected":["b","","c"]}"#);
    assert_eq!(outline(&many), ["U- q", "A0 a +0", "A0 b -1", "A0  -1", "A0 c -1"]);
}

#[test]
fn labels_rate_the_last_answer() {
    for (row, expected) in [
        (r#"{"prompt":"q","completion":"a","label":true}"#, "A0 a +"),
        (
            r#"{"prompt":[{"role":"user","content":"q"}],"completion":[{"role":"assistant","content":"a"}],"label":false}"#,
            "A0 a -",
        ),
        (
            r#"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"kto_tag":false}"#,
            "A0 a -",
        ),
        (
            r#"{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}],"kto_tag":true}"#,
            "A0 a +",
        ),
        (r#"{"prompt":"q","completion":"a"}"#, "A0 a"),
    ] {
        assert_eq!(outline(&only(row)), ["U- q", expected], "{row}");
    }
    let (_, report) = import(
        r#"{"label":3,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}"#,
    )
    .unwrap();
    assert_eq!(report.dropped["row field “label”"], 1, "a class is no verdict");
}

#[test]
fn alpaca_rows_have_history_input_and_a_system_prompt() {
    let chat = only(
        r#"{"instruction":"Sum up.","input":"Long text.","output":"Short.","system":"Be brief.",
        "history":[["Hi","Hello"]]}"#,
    );
    assert_eq!(chat.source.as_deref(), Some("alpaca"));
    let expected = ["S- Be brief.", "U0 Hi", "A1 Hello", "U2 Sum up.|Long text.", "A3 Short."];
    assert_eq!(outline(&chat), expected);
}

#[test]
fn media_stand_where_their_marks_are() {
    let (chats, report) = import(
        r#"{"images":["/home/ann/a.png","https://example.org/b.png",{"path":"c.png"}],"videos":["d.mp4"],
        "messages":[{"role":"user","content":"<image>one<image> two <audio>"},
        {"role":"assistant","content":[{"type":"image"},{"type":"text","text":""}]}]}"#,
    )
    .unwrap();
    let shown: Vec<Vec<&str>> = chats[0]
        .chat
        .messages
        .iter()
        .map(|m| {
            let shown = m.parts.iter().map(|part| match part {
                Part::Media { name, .. } => name.as_deref().unwrap_or("?"),
                part => part.body(),
            });
            shown.collect()
        })
        .collect();
    let first = vec!["a.png", "one", "https://example.org/b.png", " two <audio>", "d.mp4"];
    assert_eq!(
        shown,
        [first, vec!["c.png"]],
        "paths lose their folders; a mark of nothing is text"
    );
    assert_eq!(report.dropped.values().sum::<u64>(), 4, "{:?}", report.dropped);
    let kinds = chats[0].chat.messages[0]
        .parts
        .iter()
        .filter(|part| matches!(part, Part::Media { kind: MediaKind::Video, .. }));
    assert_eq!(kinds.count(), 1);
}

#[test]
fn what_apis_of_several_vendors_put_into_messages_is_kept() {
    let chat = only(
        r#"{"tools":[{"type":"function"}],"messages":[
        {"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}},"hi"]},
        {"role":"assistant","content":[{"type":"thinking","thinking":"hm"},{"type":"tool_use","id":"k","name":"f","input":{"a":1}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"k","content":[{"type":"text","text":"two"}],"is_error":true}]},
        {"role":"assistant","content":null,"audio":{"id":"x","transcript":"spoken"},"annotations":[{"type":"url_citation"}]},
        {"role":"tool","content":[{"type":"text","text":"out"},{"type":"image_url","image_url":"https://example.org/x"}]}]}"#,
    );
    let expected = [
        r#"S- [{"type":"function"}]"#,
        "U0 |hi",
        r#"A1 hm|{"a":1}"#,
        "U2 two",
        r#"A3 spoken|[{"type":"url_citation"}]"#,
        "T4 out|",
    ];
    assert_eq!(outline(&chat), expected);
    assert!(matches!(&chat.messages[3].parts[0], Part::ToolResult { is_error: true, .. }));
    let Part::Media { mime, name: None, .. } = &chat.messages[1].parts[0] else {
        panic!("{chat:?}")
    };
    assert_eq!(mime.as_deref(), Some("image/png"));
}

#[test]
fn items_of_openais_responses_are_messages() {
    let chat = only(
        r#"{"model":"m","instructions":"Be kind.","input":[{"role":"user","content":[{"type":"input_text","text":"q"}]}],
        "output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]},
        {"type":"function_call","call_id":"k","name":"f","arguments":"{}"},
        {"type":"function_call_output","call_id":"k","output":"7"},
        {"type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"a"}]}]}"#,
    );
    assert_eq!(outline(&chat), ["S- Be kind.", "U0 q", "A1 hm", "A2 {}", "T3 7", "A4 a"]);
    assert!(matches!(&chat.messages[2].parts[0], Part::Reasoning { .. }));
}

/// Rows, lists and fan-outs as long as files have them.
#[test]
fn long_rows_take_little_time() {
    let turns =
        vec![r#"{"from":"human","value":"a"},{"from":"gpt","value":"b"}"#; 10_000].join(",");
    let chat = only(&format!(r#"{{"conversations":[{turns}]}}"#));
    assert_eq!(chat.path(chat.leaves()[0]).len(), 20_000);
    let bad: Vec<String> = (0..20_000).map(|n| format!("\"{n}\"")).collect();
    let chat = only(&format!(
        r#"{{"conversations":[{turns}],"chosen":"a","rejected":[{}]}}"#,
        bad.join(",")
    ));
    assert_eq!(chat.leaves().len(), 20_001);
    let marks = "<image>".repeat(5000);
    let images = vec!["\"i.png\""; 5000].join(",");
    let row = r#"{"messages":[{"role":"user","content":"MARKS"}],"images":[IMAGES]}"#;
    let chat = only(&row.replace("MARKS", &marks).replace("IMAGES", &images));
    assert_eq!(chat.messages[0].parts.len(), 5000);
}

/// Counted with Python: 211 and 216 calls, 211 and 218 observations.
#[test]
fn real_tool_calls_have_names_and_their_own_text() {
    for (name, calls, results) in
        [("sharegpt/toolcall-en.json", 211, 211), ("sharegpt/toolcall-zh.json", 216, 218)]
    {
        let Some(path) = data(name) else { return };
        let (chats, report) = import_file(path).unwrap();
        let parts = || chats.iter().flat_map(|c| &c.chat.messages).flat_map(|m| &m.parts);
        let found = parts().filter(|part| matches!(part, Part::ToolCall { .. })).count();
        let answered = parts().filter(|part| matches!(part, Part::ToolResult { .. })).count();
        assert_eq!((found, answered), (calls, results), "{name}");
        assert!(report.dropped.is_empty(), "{name}: {:?}", report.dropped);
    }
    let Some(path) = data("openai-messages/multimodal.json") else { return };
    let (chats, _) = import_file(path).unwrap();
    let parts = chats.iter().flat_map(|c| &c.chat.messages).flat_map(|m| &m.parts);
    let (media, marks) = parts.fold((0, 0), |(media, marks), part| {
        let is_media = u32::from(matches!(part, Part::Media { name: Some(_), .. }));
        (media + is_media, marks + part.body().matches("<image>").count())
    });
    assert_eq!((media, marks), (8, 0), "every mark became the image it stands for");
}

#[test]
fn weights_are_scores_of_their_messages() {
    let Some(path) = data("openai-messages/identity-blocks.jsonl") else { return };
    let (chats, report) = import_file(path).unwrap();
    assert!(report.dropped.is_empty(), "{:?}", report.dropped);
    for imported in chats {
        let [asked, answered] = &imported.chat.messages[..] else { panic!("{imported:?}") };
        assert_eq!((asked.role, answered.role), (Role::User, Role::Assistant));
        assert_eq!(scores(asked.feedback.as_ref()), [("loss_weight", "0")]);
        assert_eq!(scores(answered.feedback.as_ref()), [("loss_weight", "1")]);
    }
}
