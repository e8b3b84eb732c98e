//! `docs/spec/policy.md`: licences and usage preferences.

use crate::vector::{self, Draft, Input, Outcome};
use serde_json::json;
use sheaf_protocol::licence;
use sheaf_protocol::usage::{SEARCH, TRAIN_AI, Usage};

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        "licence" => Some(licence(input)),
        "usage" => Some(usage(input)),
        _ => None,
    }
}

fn licence(input: &Input<'_>) -> Outcome {
    let parsed = licence::parse(input.text("expression")).map_err(|e| e.to_string())?;
    let listed = input.value("listed").as_array().unwrap();
    let listed: Vec<_> = listed.iter().map(|id| id.as_str().unwrap()).collect();
    Ok(json!({ "allowed": parsed.satisfied_by(&listed) }))
}

fn usage(input: &Input<'_>) -> Outcome {
    let usage = Usage::parse(input.text("raw")).map_err(|e| e.to_string())?;
    Ok(json!({ TRAIN_AI: usage.get(TRAIN_AI), SEARCH: usage.get(SEARCH) }))
}

#[test]
#[ignore = "rewrites docs/spec/vectors/*/policy-*.json"]
fn write_policy_vectors() {
    let licences = [
        ("accept", "licence", "one that is listed", "CC-BY-4.0"),
        ("accept", "licence-or", "one of two is listed", "MIT OR CC0-1.0"),
        ("accept", "licence-and", "one of two is not listed", "MIT AND CC0-1.0"),
        ("accept", "licence-precedence", "AND binds before OR", "MIT AND ISC OR CC0-1.0"),
        ("accept", "licence-case", "letter by letter", "cc0-1.0"),
        ("reject", "licence-operator-case", "operators are in capitals", "MIT or CC0-1.0"),
        ("reject", "licence-unclosed", "a parenthesis", "(MIT OR CC0-1.0"),
        ("reject", "licence-empty", "no licence", ""),
    ];
    let usages = [
        ("accept", "usage", "yes and no", "train-ai=y, search=n"),
        ("accept", "usage-empty", "says nothing", ""),
        (
            "accept",
            "usage-older",
            "n of train-genai counts for train-ai",
            "train-genai=n, train-ai=y",
        ),
        ("accept", "usage-older-yes", "y of train-genai does not", "train-genai=y"),
        ("accept", "usage-unknown", "unknown labels and values bind nobody", "fly=n, search=?1"),
        ("accept", "usage-signal", "a CC signal permits nothing", "train-ai=n;exceptions=cc-cr"),
        ("reject", "usage-trailing-comma", "nothing follows the comma", "train-ai=n,"),
        ("reject", "usage-case", "labels are in small letters", "Train-AI=n"),
        ("reject", "usage-repeated", "which one counts?", "train-ai=n, train-ai=y"),
        ("reject", "usage-inner-list", "outside of the subset", "train-ai=(n)"),
    ];
    let listed = ["CC-BY-4.0", "CC0-1.0"];
    let licences = licences.map(|(expect, name, why, expression)| {
        let input = json!({ "expression": expression, "listed": listed });
        Draft { expect, name, what: "licence", why, input }
    });
    let usages = usages.map(|(expect, name, why, raw)| Draft {
        expect,
        name,
        what: "usage",
        why,
        input: json!({ "raw": raw }),
    });
    let drafts: Vec<_> = licences.into_iter().chain(usages).collect();
    vector::rewrite("policy", &drafts);
}
