//! A corpus of the test's own with its index, in a folder that goes away.

use std::sync::Arc;

use ibid::answer::Answer;
use ibid::config::Config;
use ibid::engine::{Engine, build_index};
use ibid::ingest::{IngestReport, NoProgress};
use ibid::retrieve::Question;

/// A temporary folder with a `corpus` and an `index` in it.
pub(crate) struct Corpus {
    _folder: tempfile::TempDir,
    pub(crate) config: Config,
}

impl Corpus {
    /// A corpus of these files, given as name and content.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.paths.corpus = folder.path().join("corpus");
        config.paths.index = folder.path().join("index");
        config.encoder.enabled = false;
        std::fs::create_dir(&config.paths.corpus).unwrap();
        let corpus = Self { _folder: folder, config };
        for (name, content) in files {
            corpus.write(name, content.as_bytes());
        }
        corpus
    }

    /// The corpus of the project itself, with an index of its own.
    pub(crate) fn shipped() -> Self {
        let mut corpus = Self::of(&[]);
        corpus.config.paths.corpus = "corpus".into();
        corpus
    }

    pub(crate) fn write(&self, name: &str, content: &[u8]) {
        let path = self.config.paths.corpus.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    #[track_caller]
    pub(crate) fn build(&self) -> IngestReport {
        build_index(&self.config, false, &mut NoProgress).unwrap()
    }

    /// Builds the index and loads it.
    #[track_caller]
    pub(crate) fn engine(&self) -> Engine {
        self.build();
        let engine = Engine::new(Arc::new(self.config.clone()));
        engine.load().unwrap();
        engine
    }
}

/// Asks and expects an answer, whatever it is.
#[track_caller]
pub(crate) fn ask(engine: &Engine, question: &str) -> Arc<Answer> {
    engine.ask(&Question::new(question, 5000).unwrap()).unwrap()
}
