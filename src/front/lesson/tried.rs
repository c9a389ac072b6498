//! A lesson tried by its author: its own answers must pass, and its wrong answers must fail as they say. In: a lesson and
//! two sessions with its data. Out: what does not hold.

use super::course::judged;
use super::{Found, evaluated, set_up};
use crate::session::Session;
use crate::teach::same::What;

/// What is wrong with a lesson, a sentence each, and how many answers were tried.
pub fn check(found: &Found, learner: &mut Session, keys: &mut Session) -> (Vec<String>, usize) {
    let lesson = &found.lesson;
    for session in [&mut *learner, &mut *keys] {
        if let Err(why) = set_up(session, lesson) {
            return (vec![format!("before the first step: {why}")], 0);
        }
    }
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (i, step) in lesson.steps.iter().enumerate() {
        let mut say =
            |words: String| wrong.push(format!("step {} ({}), line {}: {words}", i + 1, step.title, step.line));
        for query in &step.answers {
            tried += 1;
            match evaluated(learner, query).and_then(|value| judged(keys, step, &value)) {
                Ok(None) => {}
                Ok(Some((_, words))) => say(format!("the answer `{query}` is not taken for right: {words}")),
                Err(why) => say(format!("the answer `{query}` fails: {why}")),
            }
        }
        for (what, query) in &step.wrong {
            tried += 1;
            let found = match evaluated(learner, query) {
                Err(why) => Ok(Some((What::Error, why))),
                Ok(value) => judged(keys, step, &value),
            };
            match found {
                Ok(Some((found, _))) if found == *what => {}
                Ok(Some((found, words))) => {
                    say(format!(
                        "what is wrong with `{query}` is its {}, and the lesson says its {}: {words}",
                        found.word(),
                        what.word()
                    ));
                }
                Ok(None) => say(format!("the wrong answer `{query}` is taken for right")),
                Err(why) => say(why),
            }
        }
        if step.wrong.is_empty() {
            say("no wrong answer is tried (`! value: QUERY`)".into());
        }
        if step.hints.is_empty() {
            say("there is no hint (`Hint: …`)".into());
        }
    }
    (wrong, tried)
}
