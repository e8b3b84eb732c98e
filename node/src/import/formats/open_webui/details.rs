//! Answers as Open WebUI stores them for its page: thoughts, tool calls and programs stand folded
//! between the paragraphs, as `<details type="…">…</details>`. Each becomes a part of its own.
//!
//! A thought is quoted, line by line, and newer releases escape it. What is not closed, or of
//! another type, is text like any other.

use sheaf_protocol::chat::Part;
use sheaf_protocol::limits::CHAT_FIELD_BYTES_MAX;
use std::collections::BTreeMap;

const OPEN: &str = "<details ";
const CLOSE: &str = "</details>";

/// The parts of an answer, in order. Every byte is looked at a bounded number of times.
pub(super) fn parts_of(content: &str) -> Vec<Part> {
    let (mut parts, mut said, mut at) = (Vec::new(), 0, 0);
    while let Some(start) = content[at..].find(OPEN).map(|found| at + found) {
        at = start + OPEN.len();
        let Some((attributes, body)) = attributes(content, at) else { continue };
        let Some(fold) = Fold::of(&attributes) else { continue };
        // Where nothing is closed any more, nothing else is folded.
        let Some(close) = content[body..].find(CLOSE).map(|found| body + found) else { break };
        parts.extend(paragraph(&content[said..start]));
        let inner = without_summary(content[body..close].trim_matches('\n'));
        parts.extend(Block { attributes, inner }.parts(fold));
        at = close + CLOSE.len();
        said = at;
    }
    parts.extend(paragraph(&content[said..]));
    parts.retain(|part| !part.is_empty());
    parts
}

/// Text beside a folded block, without the line breaks that set the block off.
fn paragraph(text: &str) -> Option<Part> {
    let text = text.trim_matches('\n');
    (!text.is_empty()).then(|| Part::text(text))
}

/// What is folded.
enum Fold {
    Thought,
    Call,
    Program,
}

impl Fold {
    fn of(attributes: &BTreeMap<&str, &str>) -> Option<Self> {
        match attributes.get("type").copied()? {
            "reasoning" => Some(Self::Thought),
            "tool_calls" => Some(Self::Call),
            "code_interpreter" => Some(Self::Program),
            _ => None,
        }
    }
}

/// One folded block.
struct Block<'a> {
    attributes: BTreeMap<&'a str, &'a str>,
    inner: &'a str,
}

impl Block<'_> {
    fn parts(&self, fold: Fold) -> Vec<Part> {
        match fold {
            Fold::Thought => vec![Part::Reasoning { text: unquoted(self.inner) }],
            Fold::Call => self.call(),
            Fold::Program => self.program(),
        }
    }

    /// A call and its result; older releases folded only the result.
    fn call(&self) -> Vec<Part> {
        let (id, name) = (self.short("id"), self.short("name"));
        let result = self.json("result").unwrap_or_else(|| unescaped(self.inner));
        let arguments = self.json("arguments").unwrap_or_default();
        let call = name.clone().map(|name| Part::ToolCall { id: id.clone(), name, arguments });
        let result = Part::ToolResult { id, name, output: result, is_error: false };
        call.into_iter().chain([result]).collect()
    }

    fn program(&self) -> Vec<Part> {
        let fenced = self.inner.strip_prefix("```").and_then(|code| code.split_once('\n'));
        let (language, text) = fenced.unwrap_or(("", self.inner));
        let text = text.strip_suffix("```").unwrap_or(text).trim_end_matches('\n');
        let language = (!language.is_empty() && language.len() <= CHAT_FIELD_BYTES_MAX)
            .then(|| language.to_owned());
        let output = self.json("output").unwrap_or_default();
        let result = Part::ToolResult { id: None, name: None, output, is_error: false };
        let code = Part::Code { language, text: text.into() };
        vec![code, result]
    }

    /// An attribute that fits into a short field.
    fn short(&self, name: &str) -> Option<String> {
        let text = unescaped(self.attributes.get(name)?);
        (!text.is_empty() && text.len() <= CHAT_FIELD_BYTES_MAX).then_some(text)
    }

    /// An attribute that holds JSON; a JSON text in it is unwrapped.
    fn json(&self, name: &str) -> Option<String> {
        let text = unescaped(self.attributes.get(name)?);
        let inside = serde_json::from_str::<String>(&text).ok();
        inside.or_else(|| Some(text).filter(|text| !text.is_empty()))
    }
}

/// The attributes from `at` on, and where the tag ends.
fn attributes(content: &str, mut at: usize) -> Option<(BTreeMap<&str, &str>, usize)> {
    let mut found = BTreeMap::new();
    loop {
        let rest = &content[at..];
        let skipped = rest.len() - rest.trim_start().len();
        let rest = &rest[skipped..];
        if rest.starts_with('>') {
            return Some((found, at + skipped + 1));
        }
        let name = &rest[..rest.bytes().take_while(is_name).count()];
        let value = rest[name.len()..].strip_prefix("=\"").filter(|_| !name.is_empty())?;
        let value = &value[..value.find('"')?];
        found.insert(name, value);
        at += skipped + name.len() + value.len() + 3;
    }
}

fn is_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

fn without_summary(inner: &str) -> &str {
    let summary = inner.strip_prefix("<summary>").and_then(|rest| rest.split_once("</summary>"));
    summary.map_or(inner, |(_, rest)| rest.trim_start_matches('\n'))
}

/// A thought without its quotation marks.
fn unquoted(inner: &str) -> String {
    let is_escaped = inner.starts_with("&gt;");
    let inner = if is_escaped { unescaped(inner) } else { inner.to_owned() };
    let lines = inner.lines().map(|line| match line.strip_prefix("> ") {
        Some(line) => line,
        None if line == ">" => "",
        None => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The five characters that are escaped in HTML, as themselves.
fn unescaped(text: &str) -> String {
    const ESCAPED: [(&str, char); 7] = [
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&amp;", '&'),
        ("&quot;", '"'),
        ("&#x27;", '\''),
        ("&#39;", '\''),
        ("&#34;", '"'),
    ];
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let found = ESCAPED.iter().find(|(escaped, _)| rest.starts_with(escaped));
        let (len, character) = found.map_or((1, '&'), |(escaped, c)| (escaped.len(), *c));
        plain.push(character);
        rest = &rest[len..];
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasoning(text: &str) -> Part {
        Part::Reasoning { text: text.into() }
    }

    #[test]
    fn thoughts_come_out_of_their_quotation_escaped_or_not() {
        let old = "<details type=\"reasoning\" done=\"true\" duration=\"2\">\n<summary>Thought for 2 \
                   seconds</summary>\n> a < b\n>\n> c\n</details>\n\nHello.\n\nBye.";
        assert_eq!(parts_of(old), [reasoning("a < b\n\nc"), Part::text("Hello.\n\nBye.")]);
        let new = "Well.\n<details type=\"reasoning\" done=\"true\" duration=\"2\">\n<summary>…</summary>\
                   \n&gt; a &amp;&lt; &quot;b&quot; &#x27;c&#x27;\n&gt; &amp;gt;\n</details>\nHello.";
        let expected =
            [Part::text("Well."), reasoning("a &< \"b\" 'c'\n&gt;"), Part::text("Hello.")];
        assert_eq!(parts_of(new), expected);
    }

    #[test]
    fn calls_and_programs_are_parts() {
        let call = r#"<details type="tool_calls" done="true" id="c1" name="weather" arguments="&quot;{\&quot;city\&quot;: \&quot;Oslo\&quot;}&quot;" result="&quot;18 C\nrain&quot;" files="">
<summary>Tool Executed</summary>
</details>
It rains."#;
        let (id, name) = (Some("c1".to_owned()), "weather".to_owned());
        let expected = [
            Part::ToolCall {
                id: id.clone(),
                name: name.clone(),
                arguments: r#"{"city": "Oslo"}"#.into(),
            },
            Part::ToolResult { id, name: Some(name), output: "18 C\nrain".into(), is_error: false },
            Part::text("It rains."),
        ];
        assert_eq!(parts_of(call), expected);
        let bare = r#"<details type="tool_calls"><summary>Tool</summary>"Oslo"</details>"#;
        assert_eq!(parts_of(bare)[0].body(), "\"Oslo\"", "older releases folded only the result");
        let program = "<details type=\"code_interpreter\" done=\"true\" output=\"{&quot;stdout&quot;: \
                       &quot;1&quot;}\">\n<summary>Analyzed</summary>\n```python\nprint(1)\n```\n</details>";
        let code = Part::Code { language: Some("python".into()), text: "print(1)".into() };
        assert_eq!(parts_of(program)[0], code);
        assert_eq!(parts_of(program)[1].body(), r#"{"stdout": "1"}"#);
    }

    #[test]
    fn what_is_no_folded_block_is_text() {
        for text in [
            "<details open><summary>More</summary>x</details>",
            "<details type=\"reasoning\" done=\"true\">\n> not closed",
            "<details type=\"reasoning\" done=\"true",
            "<details type=\"spoiler\">x</details>",
            "<details type=reasoning>x</details>",
            "a & b &unknown; <details >",
            "",
        ] {
            let expected: Vec<Part> =
                (!text.is_empty()).then(|| Part::text(text)).into_iter().collect();
            assert_eq!(parts_of(text), expected);
        }
        let other = "<details type=\"x\"><details type=\"reasoning\">\n> a\n</details>";
        assert_eq!(parts_of(other), [Part::text("<details type=\"x\">"), reasoning("a")]);
    }

    #[test]
    fn many_blocks_that_never_close_take_little_time() {
        let open = "<details type=\"reasoning\">".repeat(200_000);
        assert_eq!(parts_of(&open).len(), 1);
        let folded = "<details type=\"x\"></details>".repeat(100_000);
        assert_eq!(parts_of(&folded).len(), 1);
        let no_tag = "<details x".repeat(200_000);
        assert_eq!(parts_of(&no_tag).len(), 1);
        let thoughts = "<details type=\"reasoning\">\n> a\n</details>".repeat(50_000);
        assert_eq!(parts_of(&thoughts).len(), 50_000);
        let ends_far_off = format!("{}</details>", "<details type=\"x\">".repeat(200_000));
        assert_eq!(parts_of(&ends_far_off).len(), 1);
    }
}
