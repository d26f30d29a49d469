//! The encoder against its floats and the published tokenizer.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;

use super::model::{SHIPPED, SHIPPED_SHA256, SHIPPED_TOKENIZER, SHIPPED_WEIGHTS};
use super::*;

const FIXTURE: &str = include_str!("../../tests/fixtures/sentence-vectors.json");
/// Smallest cosine to the 32-bit model.
const CLOSE: f32 = 0.99;

/// A record of `models/reference.py`.
#[derive(Deserialize)]
struct Reference {
    text: String,
    tokens: Vec<u32>,
    codes: String,
}

fn references() -> Vec<Reference> {
    serde_json::from_str(FIXTURE).unwrap()
}

/// The bytes that base64 stands for.
fn decode(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut out, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        bits = bits << 6 | alphabet.iter().position(|letter| *letter == byte).unwrap() as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out
}

fn shipped() -> Encoder {
    static ENCODER: LazyLock<Encoder> =
        LazyLock::new(|| Encoder::load(&EncoderConfig { threads: 2, ..EncoderConfig::default() }).unwrap());
    ENCODER.clone()
}

#[test]
fn the_recorded_hashes_are_those_of_the_shipped_files() {
    let hashes = [SHIPPED_WEIGHTS, SHIPPED_TOKENIZER].map(crate::document::sha256_hex);
    assert_eq!(hashes, SHIPPED_SHA256);
    let card = fs::read_to_string(Path::new(SHIPPED).join("README.md")).unwrap();
    for hash in hashes {
        assert!(card.contains(&hash), "the model card does not tell {hash}");
    }
}

#[test]
fn texts_are_cut_into_the_same_tokens_as_by_the_published_tokenizer() {
    let tokens = tokens::Tokens::new(Path::new(SHIPPED), SHIPPED_TOKENIZER, 256).unwrap();
    for Reference { text, tokens: expected, .. } in references() {
        assert_eq!(tokens.of(&text).unwrap(), expected, "{text:?}");
    }
}

#[test]
fn vectors_are_close_to_those_of_the_published_model() {
    let mut smallest = 1.0_f32;
    for Reference { text, codes, .. } in references() {
        let codes: Vec<f32> = decode(&codes).iter().map(|code| f32::from(code.cast_signed())).collect();
        let expected = Embedding::new(codes.try_into().unwrap());
        let cosine = shipped().encode(&text).unwrap().dot(&expected);
        assert!(cosine >= CLOSE, "{cosine} for {text:?}");
        smallest = smallest.min(cosine);
    }
    println!("smallest cosine: {smallest}");
}

#[test]
fn one_thread_or_two_one_text_or_many_give_the_same_bits() {
    let (one, two) = (shipped().on_threads(1).unwrap(), shipped());
    let references = references();
    let texts: Vec<&str> = references.iter().map(|reference| reference.text.as_str()).collect();
    let batch = two.encode_batch(&texts).unwrap();
    assert_eq!(batch, one.encode_batch(&texts).unwrap());
    for (text, expected) in texts.iter().zip(batch) {
        assert_eq!(one.encode(text).unwrap(), expected, "{text:?}");
    }
    assert_eq!(two.encode_batch(&[]).unwrap(), []);
}

#[test]
fn meaning_is_closer_than_words() {
    let encode = |text: &str| shipped().encode(text).unwrap();
    let question = encode("will the physician call me");
    let (near, far) = (encode("The doctor telephones you."), encode("Will the ship call at the port?"));
    assert!(question.dot(&near) > question.dot(&far));
}

#[test]
fn a_text_of_any_length_takes_bounded_work() {
    let long = "word ".repeat(400_000);
    let begun = std::time::Instant::now();
    let cut = shipped().encode(&long).unwrap();
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    assert_eq!(cut, shipped().encode(&"word ".repeat(300)).unwrap());
    shipped().encode(&"\u{1f600}".repeat(100_000)).unwrap();
    shipped().encode(&"\u{0}\u{fffd}\n".repeat(1000)).unwrap();
}

/// A folder with the shipped model, to spoil.
fn folder() -> (tempfile::TempDir, EncoderConfig) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["model.safetensors", "tokenizer.json", "config.json"] {
        fs::copy(Path::new(SHIPPED).join(name), folder.path().join(name)).unwrap();
    }
    let config = EncoderConfig { path: folder.path().into(), threads: 1, ..EncoderConfig::default() };
    (folder, config)
}

#[test]
fn a_folder_with_the_shipped_files_is_the_shipped_model() {
    let (_folder, config) = folder();
    let encoder = Encoder::load(&config).unwrap();
    assert_eq!(encoder.fingerprint(), shipped().fingerprint());
    assert_eq!(encoder.encode("knee").unwrap(), shipped().encode("knee").unwrap());
    let short = Encoder::load(&EncoderConfig { max_tokens: 16, ..config }).unwrap();
    assert_ne!(short.fingerprint(), shipped().fingerprint());
    assert_eq!(short.count_tokens(&"word ".repeat(50)).unwrap(), 16);
}

#[test]
fn a_model_that_cannot_be_used_is_refused_with_the_remedy() {
    let refused = |spoil: &dyn Fn(&Path)| {
        let (folder, config) = folder();
        spoil(folder.path());
        Encoder::load(&config).unwrap_err().to_string()
    };
    let swap = |name: &'static str, from: &'static str, to: &'static str| {
        move |folder: &Path| {
            let text = fs::read_to_string(folder.join(name)).unwrap();
            assert!(text.contains(from));
            fs::write(folder.join(name), text.replace(from, to)).unwrap();
        }
    };
    let missing = refused(&|folder| fs::remove_file(folder.join("tokenizer.json")).unwrap());
    assert!(missing.contains("tokenizer.json") && missing.contains("`encoder.path`"), "{missing}");
    let size = refused(&swap("config.json", "\"hidden_size\": 384", "\"hidden_size\": 768"));
    assert!(size.contains("hidden_size is 768, it must be 384"), "{size}");
    let kind = refused(&swap("config.json", "\"model_type\": \"bert\"", "\"model_type\": \"gpt2\""));
    assert!(kind.contains("model_type is gpt2"), "{kind}");
    let layers = refused(&swap("config.json", "\"num_hidden_layers\": 6", "\"num_hidden_layers\": 7"));
    assert!(layers.contains("encoder.layer.6") && layers.contains("is missing"), "{layers}");
    let torn = refused(&|folder| {
        let path = folder.join("model.safetensors");
        let whole = fs::read(&path).unwrap();
        fs::write(path, &whole[..whole.len() / 2]).unwrap();
    });
    assert!(torn.contains("model.safetensors") && torn.contains("damaged"), "{torn}");
    let pooling = refused(&|folder| {
        fs::create_dir(folder.join("1_Pooling")).unwrap();
        fs::write(folder.join("1_Pooling/config.json"), "{\"pooling_mode_mean_tokens\": false}").unwrap();
    });
    assert!(pooling.contains("the mean of the tokens"), "{pooling}");
}
