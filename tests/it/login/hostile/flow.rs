//! A login that has begun is used once, whatever comes of it, by the browser and at the provider where it began.

use axum::http::header;
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use super::{Kind, SESSION, Visit, World, assert_refused, laid, location, query, reason, six};
use crate::support::{Answer, HERE, fake_provider::Sickness, providers::SLUGS};

/// A token for a login, of somebody.
fn token(world: &World, visit: &Visit, at: usize) -> String {
    let mut draft = world.draft(Kind::Id, at);
    draft.claim("nonce", visit.parameter("nonce"));
    draft.token()
}

/// What a provider sends along when all is well: code, state and issuer.
fn answer_of_provider(world: &World, visit: &Visit, at: usize) -> [(&'static str, String); 3] {
    let code = world.fakes[at].grant(&visit.to, &token(world, visit, at));
    [("code", code), ("state", visit.parameter("state")), ("iss", world.fakes[at].issuer.clone())]
}

fn written(pairs: &[(&'static str, String)]) -> String {
    query(&pairs.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
}

#[tokio::test]
async fn the_issuer_in_the_response_has_to_be_the_one_where_the_login_began() {
    for named in [true, false] {
        let world = World::start_with(|_, fakes| {
            for fake in fakes {
                fake.says(|document| document["authorization_response_iss_parameter_supported"] = json!(named));
            }
        })
        .await;
        for (at, fake) in world.fakes.iter().enumerate() {
            let own = fake.issuer.as_str();
            let other = world.fakes[(at + 1) % SLUGS.len()].issuer.as_str();
            let (slash, capitals) = (format!("{own}/"), own.to_uppercase());
            let missing = if named { Some("ISSUER") } else { None };
            let cases: [(&[&str], Option<&str>); 8] = [
                (&[own], None),
                (&[], missing),
                (&[other], Some("ISSUER")),
                (&[""], Some("ISSUER")),
                (&[&slash], Some("ISSUER")),
                (&[&capitals], Some("ISSUER")),
                (&[own, own], Some("RESPONSE")),
                (&[own, other], Some("RESPONSE")),
            ];
            for (issuers, expected) in cases {
                let visit = world.begin(at).await;
                let mut pairs = answer_of_provider(&world, &visit, at).to_vec();
                pairs.pop();
                pairs.extend(issuers.iter().map(|issuer| ("iss", (*issuer).to_owned())));
                let answer = world.come_back(visit.slug, &written(&pairs), &visit.browser).await;
                match expected {
                    None => assert_eq!(answer.status, 303, "{issuers:?} of {own}: {}", answer.text()),
                    Some(expected) => {
                        assert_refused(&answer, 400, expected, &format!("{issuers:?} of {own}"));
                        assert!(!world.fakes[at].gave_for(&pairs[0].1), "the code was not even redeemed");
                    }
                }
            }
            // An error may be anybody's, too.
            let visit = world.begin(at).await;
            let query = query(&[("error", "access_denied"), ("state", &visit.parameter("state")), ("iss", other)]);
            assert_refused(&world.come_back(visit.slug, &query, &visit.browser).await, 400, "ISSUER", "an error of another");
        }
    }
}

/// The ways in which a callback goes wrong; the valid one comes afterwards.
#[tokio::test]
async fn a_callback_that_went_wrong_has_used_the_login_up() {
    type Wrong = (&'static str, u16, fn(&mut Vec<(&'static str, String)>, &mut String));
    let world = World::start().await;
    let before = world.rows().await;
    let ways: [Wrong; 12] = [
        ("ISSUER", 400, |pairs, _| pairs[2].1.push('/')),
        ("ISSUER", 400, |pairs, _| drop(pairs.pop())),
        ("RESPONSE", 400, |pairs, _| drop(pairs.remove(0))),
        ("RESPONSE", 400, |pairs, _| pairs.push(("code", "another".to_owned()))),
        ("RESPONSE", 400, |pairs, _| pairs.push(("state", "another".to_owned()))),
        ("RESPONSE", 400, |pairs, _| pairs.insert(0, ("state", "another".to_owned()))),
        ("RESPONSE", 400, |pairs, _| pairs.extend([("error", "a".to_owned()), ("error", "b".to_owned())])),
        ("BROWSER", 400, |_, browser| *browser = "another-browser".to_owned()),
        ("BROWSER", 400, |_, browser| browser.clear()),
        ("DENIED", 403, |pairs, _| pairs[0] = ("error", "access_denied".to_owned())),
        ("EXCHANGE", 502, |pairs, _| pairs[0].1.push('x')),
        ("EXCHANGE", 502, |pairs, _| pairs[0].1.clear()),
    ];
    for at in six() {
        for (expected, status, spoil) in ways {
            let visit = world.begin(at).await;
            let right = answer_of_provider(&world, &visit, at).to_vec();
            let (mut wrong, mut browser) = (right.clone(), visit.browser.clone());
            spoil(&mut wrong, &mut browser);
            assert_refused(&world.come_back(visit.slug, &written(&wrong), &browser).await, status, expected, &written(&wrong));
            let second = world.come_back(visit.slug, &written(&right), &visit.browser).await;
            assert_refused(&second, 400, "STATE", &format!("valid, after {}", written(&wrong)));
        }
        // The provider is out of order just then.
        let visit = world.begin(at).await;
        let right = written(&answer_of_provider(&world, &visit, at));
        world.fakes[at].suffers(Sickness::Fails(500));
        assert_refused(&world.come_back(visit.slug, &right, &visit.browser).await, 502, "EXCHANGE", "out of order");
        world.fakes[at].suffers(None);
        assert_refused(&world.come_back(visit.slug, &right, &visit.browser).await, 400, "STATE", "in order again");
    }
    assert_eq!((world.rows().await, world.begun().await), (before, 0), "no session, no account and no login are left");
}

#[tokio::test]
async fn a_callback_is_good_once_and_only_with_what_began_it() {
    let world = World::start().await;
    for at in six() {
        // Again.
        let visit = world.begin(at).await;
        let right = written(&answer_of_provider(&world, &visit, at));
        let done = world.come_back(visit.slug, &right, &visit.browser).await;
        assert_eq!(done.status, 303, "{}", done.text());
        for _ in 0..2 {
            assert_refused(&world.come_back(visit.slug, &right, &visit.browser).await, 400, "STATE", "again");
        }
        // The token of an earlier login, with its nonce.
        let (earlier, visit) = (world.begin(at).await, world.begin(at).await);
        let replayed = token(&world, &earlier, at);
        assert_refused(&world.come_back_with(&visit, at, &replayed).await, 403, "NONCE", "a replayed nonce");
        // The code of another login: the verifier is not that login's.
        let (mine, yours) = (world.begin(at).await, world.begin(at).await);
        let mut mixed = answer_of_provider(&world, &yours, at);
        mixed[1].1 = mine.parameter("state");
        assert_refused(&world.come_back(mine.slug, &written(&mixed), &mine.browser).await, 502, "EXCHANGE", "a stolen code");
        assert!(!world.fakes[at].gave_for(&mixed[0].1), "the provider saw a wrong verifier");
        // A login that nobody began.
        for state in ["", "x", &"x".repeat(5_000), "' OR 1=1 --", "%00", "å"] {
            let query = query(&[("code", "c"), ("state", state), ("iss", &world.fakes[at].issuer)]);
            assert_refused(&world.come_back(SLUGS[at], &query, "x").await, 400, "STATE", state);
        }
        assert_refused(&world.come_back(SLUGS[at], "", "x").await, 400, "STATE", "no query");
    }
}

#[tokio::test]
async fn a_login_that_began_ten_minutes_ago_is_over() {
    let world = World::start().await;
    for (seconds, accepted) in [(599, true), (600, false), (601, false), (86_400, false)] {
        let visit = world.begin(0).await;
        world.advance(TimeDelta::seconds(seconds));
        let right = written(&answer_of_provider(&world, &visit, 0));
        let answer = world.come_back(visit.slug, &right, &visit.browser).await;
        if accepted {
            assert_eq!(answer.status, 303, "after {seconds} s: {}", answer.text());
        } else {
            assert_refused(&answer, 400, "STATE", &format!("after {seconds} s"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_equal_callbacks_at_once_one_logs_in() {
    let world = World::start().await;
    for at in six() {
        let before = world.rows().await;
        let visit = world.begin(at).await;
        let right = written(&answer_of_provider(&world, &visit, at));
        let answers = join_all((0..50).map(|_| world.come_back(visit.slug, &right, &visit.browser))).await;
        let (done, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 303);
        assert_eq!((done.len(), refused.len()), (1, 49));
        assert!(refused.iter().all(|answer| reason(answer) == "STATE"));
        assert!(world.lives(&laid(done[0], SESSION).unwrap()).await);
        let after = world.rows().await;
        assert_eq!((after.0 - before.0, after.1 - before.1), (1, 1));
    }
}

#[tokio::test]
async fn a_callback_with_thousands_of_states_is_refused_without_work() {
    let world = World::start().await;
    let visit = world.begin(0).await;
    let right = written(&answer_of_provider(&world, &visit, 0));
    let many = format!("{right}&{}", "state=x&".repeat(5_000));
    let (answer, statements) = world.app.statements_of(world.come_back(visit.slug, &many, &visit.browser)).await;
    assert_refused(&answer, 400, "RESPONSE", "thousands of states");
    assert!(statements < 20, "{statements} statements");
    assert_refused(&world.come_back(visit.slug, &right, &visit.browser).await, 400, "STATE", "the login is used up");
}

/// Where the browser goes after a login that asked to return to `return_to`, or why it was not begun.
async fn returned(world: &World, return_to: &str) -> Result<Answer, Answer> {
    let begun = world.get(&format!("/login/{}?{}", SLUGS[0], query(&[("return_to", return_to)])), &[]).await;
    if begun.status != 303 {
        return Err(begun);
    }
    let visit = Visit { slug: SLUGS[0], to: location(&begun).parse().unwrap(), browser: laid(&begun, super::BROWSER).unwrap() };
    Ok(world.come_back_with(&visit, 0, &token(world, &visit, 0)).await)
}

#[tokio::test]
async fn nobody_makes_a_link_to_here_that_ends_elsewhere() {
    let friend = "https://front.example";
    let world = World::start_with(|settings, _| settings.allowed_origins = [friend.to_owned()].into()).await;
    let long = format!("/{}", "x".repeat(2_000));
    let refused = [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "\n//evil.example",
        " //evil.example",
        "https://evil.example",
        "http://evil.example/",
        "HTTPS://EVIL.EXAMPLE",
        "https:evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://127.0.0.1:8080/",
        "https://127.0.0.1:8080/",
        "http://127.0.0.1:8081/",
        "http://127.0.0.1/",
        "http://localhost:8080/",
        "http://127.0.0.1:8080.evil.example/",
        "http://127.0.0.1:8080@evil.example/",
        "https://front.example.evil.example/",
        "https://front.example@evil.example",
        "https://front.example:8443/",
        "http://front.example/",
        "null",
        "//",
        "http://",
        &long,
        // A path here that a browser takes for a host elsewhere.
        "/.//evil.example",
        "/..//evil.example",
        "/x/..//evil.example",
        "./\\evil.example",
        "http://127.0.0.1:8080//evil.example",
        "http://127.0.0.1:8080/\\evil.example",
        "/%2e//evil.example",
        "blob:http://127.0.0.1:8080/x",
        "blob:https://front.example/x",
    ];
    for return_to in refused {
        match returned(&world, return_to).await {
            Err(answer) => assert_refused(&answer, 400, "RETURN_TO", return_to),
            // What is a path here after all, such as `null`, may be gone to.
            Ok(answer) => {
                let to = location(&answer);
                assert!(to.starts_with('/') && !to[1..].starts_with(['/', '\\']), "{return_to:?} leads to {to:?}");
                let there = url::Url::parse(HERE).unwrap().join(to).unwrap();
                assert_eq!(there.origin().ascii_serialization(), HERE, "{return_to:?}");
            }
        }
    }
    for (return_to, to) in [
        ("/", "/"),
        ("/logged-out?a=b#c", "/logged-out?a=b#c"),
        ("somewhere", "/somewhere"),
        ("http://127.0.0.1:8080/x", "/x"),
        ("/a//b", "/a//b"),
        ("/?next=//evil.example", "/?next=//evil.example"),
        ("https://front.example/x?y", "https://front.example/x?y"),
    ] {
        let answer = returned(&world, return_to).await.unwrap_or_else(|answer| panic!("{return_to}: {}", answer.text()));
        assert_eq!(location(&answer), to);
    }
}

#[tokio::test]
async fn a_query_that_is_no_text_and_a_cookie_that_is_none_are_refused_and_not_given_back() {
    let world = World::start().await;
    for cookie in ["a\"b", "<script>", "a b", &"x".repeat(10_000)] {
        let answer = world.get("/login/flen", &[(super::BROWSER, cookie)]).await;
        assert_eq!(answer.status, 303);
        let lines = answer.headers.get_all(header::SET_COOKIE).iter().count();
        assert_eq!(lines, 1, "{cookie}");
    }
    let script = query(&[("error", "<script>alert(1)</script>"), ("state", "<script>alert(2)</script>"), ("error_description", "<b>")]);
    let answer = world.come_back("flen", &script, "x").await;
    assert_refused(&answer, 400, "STATE", "an error that is a script");
    assert!(!answer.text().contains("script>alert"), "{}", answer.text());
    let denied = world.begin(0).await;
    let query = query(&[("error", "<script>"), ("state", &denied.parameter("state")), ("iss", &world.fakes[0].issuer)]);
    let answer = world.come_back("flen", &query, &denied.browser).await;
    assert_refused(&answer, 403, "DENIED", "what the provider says is not repeated");
    assert!(!answer.text().contains("<script>"));
    assert_eq!(world.begun().await, 4, "the four that were begun with odd cookies");
}
