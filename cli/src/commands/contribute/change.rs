//! Other settings, asked for one by one. Enter keeps what stands in brackets.

use super::args::LastDay;
use super::settings::{Wishes, named, read_usage};
use crate::context::Context;
use crate::error::CliError;
use crate::prompt;
use crate::text::printable;
use sheaf_node::book::Keep;
use sheaf_node::flow::contribute::Settings;
use sheaf_protocol::licence;
use sheaf_protocol::policy::Policy;
use sheaf_protocol::statement::{Attribution, Verdict, is_line};

/// Why an answer is no answer.
type Problem = String;

/// Asks for every setting.
///
/// # Errors
/// Where nobody can answer.
pub(super) async fn ask(
    cx: &Context,
    policy: &Policy,
    now: &Settings,
    wishes: &Wishes,
) -> Result<Wishes, CliError> {
    let mut wishes = wishes.clone();
    cx.out.show(|page| {
        page.blank();
        page.aside("Enter keeps what stands in brackets; - is none.");
        for (number, licence) in (1..).zip(&policy.licences) {
            page.line(format_args!("  {number}. {}", printable(licence)));
        }
    });
    let choices = &now.choices;
    let read = |typed: &str| licence_of(typed, policy);
    one(cx, "Licence, a number or an SPDX expression", &choices.licence, read)
        .await?
        .into_iter()
        .for_each(|licence| wishes.licence = Some(licence));
    let usage = or_dash(&choices.usage);
    one(cx, "What machines may do, such as: train-ai=n, search=y", usage, usage_of)
        .await?
        .into_iter()
        .for_each(|usage| wishes.usage = Some(usage));
    let name = match &choices.attribution {
        Attribution::None => "-",
        Attribution::Name(name) => name,
    };
    one(cx, "Your name beside the chats", name, name_of)
        .await?
        .into_iter()
        .for_each(|name| wishes.attribution = Some(name));
    let due = now.due.map_or("-".into(), |due| due.to_string());
    one(cx, "The last day, YYYY-MM-DD or a number of days", &due, keep_of)
        .await?
        .into_iter()
        .for_each(|keep| wishes.keep = Some(keep));
    let verdict = wishes.verdict.map_or("-", verdict_name);
    one(cx, "What you think of them: good, bad or interesting", verdict, verdict_of)
        .await?
        .into_iter()
        .for_each(|verdict| wishes.verdict = verdict);
    let tags = wishes.tags.join(", ");
    one(cx, "Words to find them by, with commas between", or_dash(&tags), tags_of)
        .await?
        .into_iter()
        .for_each(|tags| wishes.tags = tags);
    Ok(wishes)
}

/// Asks for one setting until the answer is one; `None` keeps it.
async fn one<T>(
    cx: &Context,
    question: &str,
    now: &str,
    read: impl Fn(&str) -> Result<T, Problem>,
) -> Result<Option<T>, CliError> {
    let question = format!("{question} [{}]", printable(now));
    loop {
        let typed = prompt::ask(&cx.out, &question, prompt::AGREE_BEFOREHAND).await?;
        if typed.is_empty() {
            return Ok(None);
        }
        match read(&typed) {
            Ok(value) => return Ok(Some(value)),
            Err(problem) => {
                let line = printable(&problem);
                cx.out.show(|page| page.line(page.style.yellow(&line)));
            }
        }
    }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

fn licence_of(typed: &str, policy: &Policy) -> Result<String, Problem> {
    let listed = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let text = listed.and_then(|at| policy.licences.get(at)).map_or(typed, String::as_str);
    licence::check_known(text).map_err(|error| format!("{error}"))?;
    match licence::allowed(text, &policy.licences) {
        true => Ok(text.to_owned()),
        false => Err(format!("the policy does not take {text}; it takes those listed above")),
    }
}

fn usage_of(typed: &str) -> Result<String, Problem> {
    let typed = if typed == "-" { "" } else { typed };
    read_usage(typed).map(|()| typed.to_owned())
}

fn name_of(typed: &str) -> Result<Attribution, Problem> {
    match typed {
        "-" => Ok(Attribution::None),
        name if is_line(name) => Ok(named(name)),
        _ => Err("a name is one line of at most 256 bytes".into()),
    }
}

fn keep_of(typed: &str) -> Result<Option<Keep>, Problem> {
    if typed == "-" {
        return Ok(None);
    }
    match typed.parse() {
        Ok(days) => Ok(Some(Keep::Days(days))),
        Err(_) => typed.parse::<LastDay>().map(|LastDay(keep)| keep).map_err(str::to_owned),
    }
}

fn verdict_of(typed: &str) -> Result<Option<Verdict>, Problem> {
    match typed {
        "-" => Ok(None),
        "good" => Ok(Some(Verdict::Good)),
        "bad" => Ok(Some(Verdict::Bad)),
        "interesting" => Ok(Some(Verdict::Interesting)),
        _ => Err("one of: good, bad, interesting".into()),
    }
}

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Good => "good",
        Verdict::Bad => "bad",
        Verdict::Interesting => "interesting",
    }
}

fn tags_of(typed: &str) -> Result<Vec<String>, Problem> {
    if typed == "-" {
        return Ok(Vec::new());
    }
    let words = typed.split(',').map(str::trim).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_owned).collect();
    match words.iter().all(|word| is_line(word)) {
        true => Ok(words),
        false => Err("a word has at most 256 bytes and no hidden characters".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sheaf_protocol::policy::Preset;
    use sheaf_protocol::time::Day;

    #[test]
    fn answers_are_read_as_people_type_them() {
        let policy = Policy::preset(Preset::Open);
        assert_eq!(licence_of("2", &policy).unwrap(), policy.licences[1]);
        assert!(licence_of("MIT", &policy).is_err(), "the policy does not take it");
        assert_eq!(usage_of("-").unwrap(), "");
        assert!(usage_of("train-ai=n,").is_err());
        assert!(usage_of("train-ai=no").is_err(), "it would say nothing");
        assert_eq!(keep_of("30"), Ok(Some(Keep::Days(30))));
        assert_eq!(keep_of("1970-01-02"), Ok(Some(Keep::Until(Day(1)))));
        assert_eq!((keep_of("-"), keep_of("soon").is_err()), (Ok(None), true));
        assert_eq!(tags_of("school, maths,").unwrap(), ["school", "maths"]);
        assert_eq!(name_of("-"), Ok(Attribution::None));
        assert!(verdict_of("excellent").is_err());
    }
}
