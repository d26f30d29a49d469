//! Letters of patients to a library of many small articles, each with the question that it answers.

use ibid::retrieve::Question;

use crate::corpus::Corpus;

/// Two questions about each of three plants' diseases, in words that are alike but for the name.
fn library() -> Corpus {
    let mut lines = String::new();
    for (subject, cause, care) in [
        ("Clubroot", "a mould that lives in sour soil", "chalk is dug in every autumn"),
        ("Grey mildew", "spores that drift in damp air", "the leaves are dusted with sulphur"),
        ("Leaf curl", "a fungus that winters in the bark", "copper is sprayed before the buds open"),
    ] {
        for (aspect, question, text) in [
            (
                "causes",
                format!("What causes {subject}?"),
                format!("The disease comes from {cause}. It spreads in spring."),
            ),
            (
                "treatment",
                format!("What are the treatments for {subject}?"),
                format!("As a treatment, {care}. It is repeated each year."),
            ),
        ] {
            let id = format!("{}-{aspect}", subject.to_lowercase().replace(' ', "-"));
            let record = serde_json::json!({"_id": id, "title": subject, "question": question, "text": text});
            lines.push_str(&format!("{record}\n"));
        }
    }
    Corpus::of(&[("library.jsonl", &lines)])
}

#[test]
fn a_letter_is_answered_about_what_it_names_on_the_way() {
    let engine = library().engine();
    for (letter, id) in [
        (
            "Good morning. We took over a garden in March, and a neighbour looked at our peach tree and says it is leaf \
             curl. My wife is upset. I work all week and have little time. Where does such a thing come from?",
            "leaf-curl-causes",
        ),
        (
            "Our cabbages were lifted yesterday and it is clubroot, so the man at the shop tells us. We have had the \
             plot for nine years and never saw it. Is there any treatment that we could try?",
            "clubroot-treatment",
        ),
    ] {
        let ranked = engine.search(&Question::new(letter, 1000).unwrap()).unwrap();
        let found = ranked.first().map(|passage| passage.document.id.to_string());
        assert!(found.as_deref().is_some_and(|found| found.ends_with(id)), "{found:?} for {letter}");
    }
}
