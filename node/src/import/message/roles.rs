//! The names by which training files call who speaks.

use sheaf_protocol::chat::Role;

/// Who speaks in a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::import) struct Speaker {
    /// The role.
    pub(in crate::import) role: Role,
    /// Whether what it says is a call of a tool, written as JSON text.
    pub(in crate::import) calls: bool,
    /// Whether the name says more than the role: which assistant it was.
    pub(in crate::import) named: bool,
}

/// The speaker of this name, in whatever case and with whatever between its words.
pub(in crate::import) fn speaker(name: &str) -> Option<Speaker> {
    let name = name.trim().to_lowercase().replace(['-', ' '], "_");
    let (role, calls, named) = match name.as_str() {
        "system" | "system_prompt" | "sys" => (Role::System, false, false),
        "developer" => (Role::Developer, false, false),
        "user" | "human" | "prompter" | "person" | "question" | "input" | "instruction" => {
            (Role::User, false, false)
        }
        "assistant" | "gpt" | "model" | "bot" | "chatbot" | "ai" | "agent" | "answer"
        | "response" | "output" => (Role::Assistant, false, false),
        "function_call" | "function_calls" | "tool_call" | "tool_calls" => {
            (Role::Assistant, true, false)
        }
        name if is_assistant(name) => (Role::Assistant, false, true),
        "tool" | "function" | "observation" | "observations" | "ipython" | "environment" => {
            (Role::Tool, false, false)
        }
        name if is_result(name) => (Role::Tool, false, false),
        _ => return None,
    };
    Some(Speaker { role, calls, named })
}

fn is_assistant(name: &str) -> bool {
    let names = ["chatgpt", "bing", "bard", "claude", "gemini", "palm", "copilot", "grok"];
    names.contains(&name) || name.starts_with("gpt_")
}

/// `function_response`, `tool_result` and the like.
fn is_result(name: &str) -> bool {
    let of = name.strip_prefix("function_").or_else(|| name.strip_prefix("tool_"));
    let kinds = ["response", "responses", "result", "results", "output", "outputs", "observation"];
    of.is_some_and(|kind| kinds.contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_use_is_understood() {
        for (names, role) in [
            ("user human Human prompter", Role::User),
            ("gpt chatgpt bing bard assistant model GPT-4 claude bot ai", Role::Assistant),
            ("function_call tool_call tool-call", Role::Assistant),
            ("tool function function_response observation tool_response ipython", Role::Tool),
            ("system System system_prompt", Role::System),
            ("developer", Role::Developer),
        ] {
            for name in names.split(' ') {
                assert_eq!(speaker(name).map(|s| s.role), Some(role), "{name}");
            }
        }
        assert!(speaker("function-call").is_some_and(|s| s.calls));
        assert!(speaker("bing").is_some_and(|s| s.named), "which assistant it was is kept");
        for name in ["", "wizard", "tool_", "gp"] {
            assert_eq!(speaker(name), None, "{name}");
        }
    }
}
