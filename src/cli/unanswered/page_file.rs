//! The file of the page: readable by its owner alone, put in place whole, and never in the place of something else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::page::HEAD;

/// A place where a page may be written.
#[derive(Debug)]
pub(super) struct PageFile<'a> {
    path: &'a Path,
}

impl<'a> PageFile<'a> {
    /// Looks at what is there.
    ///
    /// # Errors
    /// Something is there that is no page of this command, or it cannot be looked at.
    pub(super) fn at(path: &'a Path) -> Result<Self> {
        let shown = path.display();
        let kind = match fs::symlink_metadata(path) {
            Ok(about) => about.file_type(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self { path }),
            Err(error) => return Err(error).with_context(|| format!("{shown} cannot be looked at")),
        };
        if !kind.is_file() || !is_page(path).with_context(|| format!("{shown} cannot be read"))? {
            bail!("{shown} is there and is no page that `ibid unanswered` wrote; name another file");
        }
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        self.path
    }

    /// Writes `page` beside the place and renames it.
    ///
    /// # Errors
    /// The disk.
    pub(super) fn write(&self, page: &str) -> Result<()> {
        let wrong = || {
            let shown = self.path.display();
            format!("{shown} cannot be written; its folder has to be there and yours to write to")
        };
        let beside = self.path.with_added_extension(format!("{}.new", std::process::id()));
        remove_left(&beside);
        let mut file = private().open(&beside).with_context(wrong)?;
        let written = file.write_all(page.as_bytes()).and_then(|()| file.sync_all());
        let placed = written.and_then(|()| fs::rename(&beside, self.path));
        if placed.is_err() {
            let _ = fs::remove_file(&beside);
        }
        placed.with_context(wrong)
    }
}

/// For a new file that its owner alone can read.
fn private() -> OpenOptions {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Removes what a process of the same number left there that was killed while it wrote, as in a container, where numbers
/// come again.
fn remove_left(beside: &Path) {
    let is_file = fs::symlink_metadata(beside).is_ok_and(|about| about.is_file());
    if is_file && begin_of(beside).is_ok_and(|begin| HEAD.as_bytes().starts_with(&begin)) {
        let _ = fs::remove_file(beside);
    }
}

/// Whether what is in the file begins as a page of this command.
fn is_page(path: &Path) -> io::Result<bool> {
    Ok(begin_of(path)? == HEAD.as_bytes())
}

/// As much of the file as a page has in its head.
fn begin_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut begin = Vec::new();
    File::open(path)?.take(HEAD.len() as u64).read_to_end(&mut begin)?;
    Ok(begin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_page_is_its_owners_alone_and_gives_way_to_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gaps.html");
        for body in ["first", "second"] {
            PageFile::at(&path).unwrap().write(&format!("{HEAD}{body}")).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), format!("{HEAD}{body}"));
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
                fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            }
        }
        assert_eq!(names(folder.path()), ["gaps.html"], "nothing is left beside it");
    }

    #[test]
    fn what_is_no_page_of_ours_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("leaflet.html");
        for text in ["", "<!doctype html>\n<html lang=\"en\">\n<title>Your port</title>\n"] {
            fs::write(&path, text).unwrap();
            let told = PageFile::at(&path).unwrap_err().to_string();
            assert!(told.contains("leaflet.html") && told.contains("name another file"), "{told}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert!(PageFile::at(folder.path()).is_err(), "a folder");
        #[cfg(unix)]
        {
            let link = folder.path().join("link.html");
            std::os::unix::fs::symlink(folder.path().join("elsewhere.html"), &link).unwrap();
            assert!(PageFile::at(&link).is_err(), "a link that leads to nothing yet");
        }
    }

    #[test]
    fn what_a_killed_process_of_the_same_number_left_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gaps.html");
        let beside = path.with_added_extension(format!("{}.new", std::process::id()));
        for left in ["", &HEAD[..20], &format!("{HEAD}half a pa")] {
            fs::write(&beside, left).unwrap();
            PageFile::at(&path).unwrap().write(HEAD).unwrap();
            assert_eq!(names(folder.path()), ["gaps.html"], "{left}");
        }
        fs::write(&beside, "of somebody else").unwrap();
        assert!(PageFile::at(&path).unwrap().write(HEAD).is_err());
        assert_eq!(fs::read_to_string(&beside).unwrap(), "of somebody else");
    }

    #[test]
    fn what_cannot_be_written_is_told_with_its_name_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing").join("gaps.html");
        let told = format!("{:#}", PageFile::at(&missing).unwrap().write(HEAD).unwrap_err());
        assert!(told.contains("gaps.html cannot be written") && told.contains("folder"), "{told}");
        // Something came there meanwhile.
        let path = folder.path().join("gaps.html");
        let file = PageFile::at(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(file.write(HEAD).is_err());
        assert_eq!(names(folder.path()), ["gaps.html"]);
    }
}
