//! Tests of telling languages.

use proptest::prelude::*;

use super::*;
use crate::text::repeated;

#[test]
fn questions_in_other_languages_are_recognised() {
    for (language, texts) in [
        (
            Language::German,
            &[
                "Was ist PRRT?",
                "Wie lange dauert die Behandlung",
                "Welche Nebenwirkungen gibt es?",
                "Muss ich nüchtern sein",
            ][..],
        ),
        (
            Language::Dutch,
            &["Hoe lang duurt de behandeling?", "Wat zijn de bijwerkingen", "Waarom moet ik nuchter zijn"],
        ),
        (
            Language::French,
            &[
                "Qu'est-ce que la PRRT ?",
                "Combien de temps dure le traitement",
                "Quels sont les effets secondaires?",
            ],
        ),
        (
            Language::Spanish,
            &["¿Qué es la PRRT?", "cuanto dura el tratamiento", "Cuáles son los efectos secundarios"],
        ),
        (
            Language::Italian,
            &["Che cos'è la PRRT?", "quanto dura il trattamento", "Quali sono gli effetti collaterali"],
        ),
        (
            Language::Portuguese,
            &["O que é a PRRT e como funciona?", "quanto tempo dura o tratamento", "Quais são os efeitos"],
        ),
        (Language::Polish, &["Co to jest PRRT?", "jak długo trwa leczenie", "Czy to boli?"]),
        (Language::Turkish, &["PRRT nedir?", "tedavi ne kadar sürer", "Bu tedavi nasıl yapılır"]),
        (Language::Cyrillic, &["Что такое ПРРТ?"]),
        (Language::Arabic, &["ما هو العلاج؟"]),
        (Language::Chinese, &["什么是PRRT治疗？"]),
        (Language::Japanese, &["治療はどのくらいかかりますか"]),
    ] {
        for text in texts {
            assert_eq!(other_than(Language::English, text), Some(language), "{text}");
        }
    }
}

#[test]
fn short_misspelt_and_technical_english_is_english() {
    for text in [
        "wat is perptide recepter therapy",
        "prrt",
        "what is it",
        "wat are the side efects",
        "how log does it tak",
        "carcinoma in situ",
        "lanreotide vs octreotide",
        "de novo metastases",
        "café au lait spots",
        "what is the tumor marker CgA in vivo",
        "Sjögren syndrome and PNET",
        "Ménière disease",
        "can i die",
        "is a man with a hat at risk",
        "wen can i go hom",
        "does it hrt",
        "α-interferon and β-cells",
        "Dr de la Cruz and Dr van der Berg, who do I see",
        "wich tests do i ned",
        "pain in my arm",
        "so no son of mine can come",
        "VIPoma",
        "hi",
        "",
        "123",
        "was the test good",
        "MEN 1",
        "gastrinoma insulinoma glucagonoma",
        "no",
        "me",
    ] {
        assert_eq!(other_than(Language::English, text), None, "{text}");
    }
}

#[test]
fn english_is_another_language_where_the_documents_are_german() {
    assert_eq!(other_than(Language::German, "what is the treatment"), Some(Language::English));
    assert_eq!(other_than(Language::German, "Was ist die Behandlung"), None);
    assert_eq!(Language::of_tag("de-AT"), Some(Language::German));
    assert_eq!(Language::of_tag("xx"), None);
}

#[test]
fn no_list_has_a_word_twice() {
    let foreign = FUNCTION_WORDS.iter().chain(TELLING).map(|&(_, list)| list);
    for list in foreign.chain([ENGLISH]) {
        assert_eq!(repeated(list.split_ascii_whitespace()), [""; 0]);
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        let _ = detect(&text);
    }
}
