//! Research files: OpenAssistant's trees, LMSYS-Chat-1M, WildChat, Chatbot Arena, MT-Bench.

use super::exports::{data, import_file};
use super::{import, only};
use sheaf_protocol::chat::{Chat, Feedback, Role};

fn score<'a>(feedback: Option<&'a Feedback>, name: &str) -> Option<&'a str> {
    let score = feedback?.scores.iter().find(|score| score.name == name)?;
    Some(&score.value)
}

fn tags(feedback: Option<&Feedback>) -> Vec<&str> {
    feedback.map(|f| f.tags.iter().map(String::as_str).collect()).unwrap_or_default()
}

fn ranks(chat: &Chat) -> Vec<Option<u32>> {
    chat.messages.iter().map(|m| m.feedback.as_ref().and_then(|f| f.rank)).collect()
}

const TREE: &str = r#"{"message_tree_id":"t","tree_state":"ready_for_export","prompt":{"message_id":"t",
  "text":"q","role":"prompter","lang":"en","created_date":"2023-02-05T14:23:50.983374+00:00",
  "user_id":"7b0e","review_count":3,"review_result":true,"deleted":false,
  "labels":{"spam":{"value":0.0,"count":3},"quality":{"value":0.6666666666666666,"count":3}},
  "emojis":{"+1":5},"detoxify":{"toxicity":0.00044},"replies":[
  {"message_id":"a","parent_id":"t","text":"first","role":"assistant","lang":"en","rank":1,
   "review_count":0,"review_result":true,"synthetic":true,"model_name":"chip20b","replies":[
     {"message_id":"c","parent_id":"a","text":"gone","role":"prompter","lang":"de","deleted":true,"replies":[
       {"message_id":"d","parent_id":"c","text":"stays","role":"assistant","lang":"en","rank":null}]}]},
  {"message_id":"b","parent_id":"t","text":"second","role":"assistant","lang":"en","rank":0,"replies":null}]}}"#;

#[test]
fn a_tree_keeps_its_ranks_labels_and_flags() {
    let (chats, report) = import(TREE.replace('\n', "")).unwrap();
    let chat = &chats[0].chat;
    assert_eq!((chats[0].source_id.as_deref(), chat.source.as_deref()), (Some("t"), Some("oasst")));
    let said: Vec<_> = chat
        .messages
        .iter()
        .map(|m| (m.parent, m.role, m.parts.first().map(|part| part.body())))
        .collect();
    let expected = [
        (None, Role::User, Some("q")),
        (Some(0), Role::Assistant, Some("first")),
        (Some(1), Role::User, None),
        (Some(2), Role::Assistant, Some("stays")),
        (Some(0), Role::Assistant, Some("second")),
    ];
    assert_eq!(said, expected, "of a deleted message only its place is kept");
    assert_eq!(ranks(chat), [None, Some(1), None, None, Some(0)]);
    let root = chat.messages[0].feedback.as_ref();
    for (name, value) in [
        ("quality", "0.6666666666666666"),
        ("spam", "0"),
        ("emoji:+1", "5"),
        ("detoxify:toxicity", "0.00044"),
        ("review_count", "3"),
        ("review_result", "1"),
    ] {
        assert_eq!(score(root, name), Some(value), "{name}");
    }
    assert_eq!(tags(chat.messages[1].feedback.as_ref()), ["synthetic"]);
    assert_eq!(chat.messages[1].model.as_deref(), Some("chip20b"));
    assert_eq!(tags(chat.messages[2].feedback.as_ref()), ["deleted", "language:de"]);
    assert_eq!(chat.messages[3].feedback, None, "nothing is said of it");
    assert_eq!(tags(chat.feedback.as_ref()), ["language:en", "tree_state:ready_for_export"]);
    assert_eq!(chat.created.map(|time| time.ms()), Some(1_675_607_030_983));
    let dropped: Vec<(&str, u64)> = report.dropped.iter().map(|(k, n)| (k.as_str(), *n)).collect();
    let expected = [
        ("number of people who gave a label", 2),
        ("text of a message that was deleted", 1),
        ("“user_id”, which identifies people", 1),
    ];
    assert_eq!(dropped, expected);
}

#[test]
fn trees_are_read_however_wide_or_deep() {
    let reply = |inner: &str| format!(r#"{{"text":"x","role":"assistant","replies":[{inner}]}}"#);
    let tree = |prompt: &str| format!(r#"{{"message_tree_id":"t","prompt":{prompt}}}"#);
    let wide = tree(&reply(&vec![r#"{"text":"y","role":"prompter"}"#; 20_000].join(",")));
    assert_eq!(only(&wide).leaves().len(), 20_000);
    let open = r#"{"text":"x","role":"assistant","replies":["#;
    let deep_reply = |levels| open.repeat(levels) + &"]}".repeat(levels);
    let deep = |levels| tree(&deep_reply(levels));
    for levels in [1, 60, 20_000] {
        assert_eq!(only(&deep(levels)).path(levels as u32 - 1).len(), levels);
    }
    let both = |n: usize| reply(&format!("{},{}", reply(""), deep_reply(n)));
    let chat = only(&tree(&both(500)));
    assert_eq!((chat.leaves().len(), chat.message_count()), (2, 502), "branches stay branches");
    assert!(chat.messages.iter().all(|m| m.feedback.is_none()), "nothing is added to them");
}

#[test]
fn messages_of_openassistant_one_by_one_are_named() {
    let row =
        r#"{"message_id":"a","parent_id":null,"text":"q","role":"prompter","message_tree_id":"a"}"#;
    let error = import(format!("{row}\n{row}\n")).expect_err("no chat stands in one row");
    assert!(error.to_string().contains("take the file of trees"), "{error}");
}

/// Counted with Python: 226 ends of branches, 91 points where a tree branches, 76 best answers,
/// 705 thumbs up, 12 messages of a model.
#[test]
fn real_trees_keep_every_branch_and_rank() {
    let Some(path) = data("oasst/trees-first-40.jsonl") else { return };
    let (chats, report) = import_file(path).unwrap();
    let chats: Vec<&Chat> = chats.iter().map(|imported| &imported.chat).collect();
    let messages = || chats.iter().flat_map(|chat| &chat.messages);
    let leaves: usize = chats.iter().map(|chat| chat.leaves().len()).sum();
    let best = chats.iter().flat_map(|chat| ranks(chat)).filter(|rank| *rank == Some(0)).count();
    assert_eq!((leaves, best), (226, 76));
    let thumbs = messages().filter_map(|m| score(m.feedback.as_ref(), "emoji:+1"));
    assert_eq!(thumbs.map(|n| n.parse::<u32>().unwrap()).sum::<u32>(), 705);
    let synthetic = messages().filter(|m| tags(m.feedback.as_ref()).contains(&"synthetic"));
    assert_eq!(synthetic.filter(|m| m.model.is_some()).count(), 12);
    let mut children = vec![0; 0];
    for chat in &chats {
        let mut of = vec![0_usize; chat.message_count()];
        for parent in chat.messages.iter().filter_map(|m| m.parent) {
            of[parent as usize] += 1;
        }
        children.extend(of);
    }
    assert_eq!(children.iter().filter(|n| **n > 1).count(), 91);
    assert!(report.dropped.is_empty(), "{:?}", report.dropped);
}

#[test]
fn lmsys_rows_keep_moderation_as_scores_and_tags() {
    let chat = only(
        r#"{"conversation_id":"c","model":"vicuna-13b","language":"English","redacted":true,"turn":1,
        "conversation":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],
        "openai_moderation":[{"flagged":true,"categories":{"hate":true,"violence":false},
          "category_scores":{"hate":0.75,"violence":1e-6}},{"flagged":false,"categories":{"hate":false},
          "category_scores":{"hate":1.5e-05,"violence":null}}]}"#,
    );
    assert_eq!(
        (chat.source.as_deref(), chat.model.as_deref()),
        (Some("lmsys"), Some("vicuna-13b"))
    );
    assert_eq!(tags(chat.feedback.as_ref()), ["language:English", "redacted"]);
    let [asked, answered] = &chat.messages[..] else { panic!("{chat:?}") };
    assert_eq!(tags(asked.feedback.as_ref()), ["moderation:flagged", "moderation:hate"]);
    assert_eq!(score(asked.feedback.as_ref(), "moderation:violence"), Some("0.000001"));
    assert_eq!(score(answered.feedback.as_ref(), "moderation:hate"), Some("0.000015"));
    assert_eq!(score(answered.feedback.as_ref(), "moderation:violence"), None);
}

#[test]
fn wildchat_rows_lose_what_identifies_people_and_say_so() {
    let (chats, report) = import(
        r#"{"conversation_hash":"h","model":"gpt-4","timestamp":"2023-04-09T00:02:53Z","turn":1,
        "language":"English","toxic":true,"redacted":false,"hashed_ip":"ab12","state":"Texas",
        "country":"United States","header":{"user-agent":"Mozilla"},
        "detoxify_moderation":[{"toxicity":0.5},{"toxicity":0.25}],
        "conversation":[{"role":"user","content":"q","country":"United States","hashed_ip":"ab12",
          "header":{"user-agent":"Mozilla"},"language":"English","redacted":false,"state":"Texas",
          "timestamp":null,"toxic":true,"turn_identifier":100},
         {"role":"assistant","content":"a","language":"English","timestamp":"2023-04-09T00:02:50Z",
          "toxic":false,"turn_identifier":100}]}"#,
    )
    .unwrap();
    let chat = &chats[0].chat;
    assert_eq!(
        (chat.source.as_deref(), chats[0].source_id.as_deref()),
        (Some("wildchat"), Some("h"))
    );
    let text = chat.to_json().to_string();
    for personal in ["ab12", "Texas", "United States", "Mozilla"] {
        assert!(!text.contains(personal), "{personal} must not be carried");
    }
    for field in ["hashed_ip", "state", "country", "header"] {
        assert_eq!(report.dropped[&format!("“{field}”, which identifies people")], 2, "{field}");
    }
    assert_eq!(tags(chat.feedback.as_ref()), ["language:English", "toxic"]);
    assert_eq!(tags(chat.messages[0].feedback.as_ref()), ["language:English", "toxic"]);
    assert_eq!(score(chat.messages[1].feedback.as_ref(), "detoxify:toxicity"), Some("0.25"));
    let written = chat.messages.iter().map(|m| m.created.map(|t| t.ms())).collect::<Vec<_>>();
    assert_eq!(written, [None, Some(1_680_998_570_000)], "its own time, not that of the row");
}

#[test]
fn real_lmsys_rows_are_whole() {
    let Some(path) = data("derived/lmsys-shape-300.jsonl") else { return };
    let (chats, report) = import_file(path).unwrap();
    assert!(report.dropped.is_empty(), "{:?}", report.dropped);
    let english =
        chats.iter().filter(|chat| tags(chat.chat.feedback.as_ref()).contains(&"language:english"));
    assert_eq!(english.count(), 73);
    for message in chats.iter().flat_map(|chat| &chat.chat.messages) {
        assert_eq!(score(message.feedback.as_ref(), "moderation:hate"), Some("0.000001"));
    }
}

fn battle(winner: &str) -> Chat {
    only(&format!(
        r#"{{"question_id":"q","model_a":"m1","model_b":"m2","winner":"{winner}","language":"German",
        "conversation_a":[{{"role":"user","content":"q"}},{{"role":"assistant","content":"a"}}],
        "conversation_b":[{{"role":"user","content":"q"}},{{"role":"assistant","content":"a"}}],
        "toxic_chat_tag":{{"roberta-large":{{"flagged":true,"probability":0.5}}}},"tstamp":1682351591.1322}}"#
    ))
}

#[test]
fn a_battle_is_one_question_with_two_ranked_answers() {
    let chat = battle("model_b");
    assert_eq!(ranks(&chat), [None, Some(1), Some(0)]);
    assert_eq!(chat.messages[1].parent, chat.messages[2].parent);
    let models: Vec<_> = chat.messages.iter().map(|m| m.model.as_deref()).collect();
    assert_eq!(models, [None, Some("m1"), Some("m2")], "equal words of two models are two answers");
    assert_eq!(score(chat.feedback.as_ref(), "toxic:roberta-large"), Some("0.5"));
    assert_eq!(chat.source.as_deref(), Some("chatbot-arena"));
    for (winner, ranks_of, rating) in [
        ("model_a", [None, Some(0), Some(1)], None),
        ("tie", [None, Some(0), Some(0)], None),
        ("tie (bothbad)", [None, Some(0), Some(0)], Some(-1)),
        ("both_bad", [None, Some(0), Some(0)], Some(-1)),
        ("nobody", [None; 3], None),
    ] {
        let chat = battle(winner);
        let feedback = chat.messages[1].feedback.as_ref();
        assert_eq!((ranks(&chat), feedback.and_then(|f| f.rating)), (ranks_of.to_vec(), rating));
    }
}

#[test]
fn choices_of_mt_bench_are_branches() {
    let (chats, report) = import(
        r#"{"question_id":81,"answer_id":"x","model_id":"gpt-4","tstamp":1686286924.5,
        "choices":[{"index":0,"turns":["a","b"]},{"index":1,"turns":["c"]}]}"#,
    )
    .unwrap();
    let chat = &chats[0].chat;
    let parents: Vec<_> = chat.messages.iter().map(|m| m.parent).collect();
    assert_eq!((parents, chats[0].source_id.as_deref()), (vec![None, Some(0), None], Some("81")));
    assert_eq!((chat.model.as_deref(), chat.leaves()), (Some("gpt-4"), vec![1, 2]));
    assert_eq!(report.dropped["question of MT-Bench, which stands in another file"], 3);
}
