//! Which file takes what from which: the import graph of `src`, read from the code itself.
//!
//! The walk starts at `lib.rs` and follows `mod` lines as the compiler does, so test modules
//! (`#[cfg(test)]`, whatever their file is called) are no part of it. A path that begins with `crate`, `self` or
//! `super`, in a `use` line or in the middle of a function, or with a name that a `use` brought in, leads to the file
//! that *defines* the name: re-exports are followed. So a `mod.rs` that only passes names on ties nothing together.
//!
//! What cannot be seen: methods (`x.f()` names no path) and names made by a macro.

use proc_macro2::{TokenStream, TokenTree};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use syn::visit::{self, Visit};

/// Names that begin a path (`u32::MAX`) and are no crates.
const PRIMITIVES: &[&str] = &[
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
    "f32", "f64",
];

/// A module's path from the crate's root: `xmpp::kit` is `["xmpp", "kit"]`.
type ModPath = Vec<String>;

/// The graph of one source tree.
pub struct Graph {
    /// From file → to file → the names taken, without the edges from a parent to a descendant that takes nothing
    /// back. Files are named by their path below `src`.
    pub edges: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    /// From file → crates that it names, `std` among them, the primitive types left out.
    pub crates: BTreeMap<String, BTreeSet<String>>,
    /// All files, test modules left out.
    pub files: BTreeSet<String>,
}

/// What one module holds.
#[derive(Default)]
struct Module {
    file: String,
    /// Names defined here.
    defined: BTreeSet<String>,
    children: BTreeSet<String>,
    /// Name → the path that a `use` gives it.
    uses: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    /// Every path that is written here, `use` trees flattened.
    paths: BTreeSet<Vec<String>>,
}

impl Graph {
    /// Reads the tree whose `lib.rs` lies in `src`.
    pub fn read(src: &Path) -> Self {
        let mut modules = BTreeMap::new();
        load(src, &src.join("lib.rs"), &[], &mut modules);
        let files = modules.values().map(|m| m.file.clone()).collect();
        let mut graph = Self { edges: BTreeMap::new(), crates: BTreeMap::new(), files };
        for (at, module) in &modules {
            for path in &module.paths {
                match resolve(&modules, at, path, 0) {
                    Some(Place::Here { file, name }) if file != module.file => {
                        let to = graph.edges.entry(module.file.clone()).or_default();
                        to.entry(file).or_default().insert(name);
                    }
                    Some(Place::Here { .. }) | None => {}
                    Some(Place::Crate(name)) => {
                        graph.crates.entry(module.file.clone()).or_default().insert(name);
                    }
                }
            }
        }
        graph.drop_lists_of_children();
        graph
    }

    /// A parent that names its descendants is no edge where the descendant takes nothing back from it.
    fn drop_lists_of_children(&mut self) {
        let taken: BTreeSet<(String, String)> =
            self.edges.iter().flat_map(|(from, to)| to.keys().map(|t| (from.clone(), t.clone()))).collect();
        for (from, to) in &mut self.edges {
            to.retain(|t, _| !is_ancestor(from, t) || taken.contains(&(t.clone(), from.clone())));
        }
    }

    /// All circles: the strongly connected sets of two or more files, each sorted.
    pub fn circles(&self) -> Vec<Vec<String>> {
        let reach: BTreeMap<&String, BTreeSet<&String>> =
            self.edges.keys().map(|from| (from, self.reachable(from))).collect();
        let mut circles: Vec<Vec<String>> = Vec::new();
        for (file, reached) in &reach {
            if !reached.contains(*file) || circles.iter().any(|c| c.contains(file)) {
                continue;
            }
            let back = |other: &&&String| reach.get(**other).is_some_and(|r| r.contains(*file));
            circles.push(reached.iter().filter(back).map(|f| (*f).clone()).collect());
        }
        circles
    }

    fn reachable<'a>(&'a self, from: &'a String) -> BTreeSet<&'a String> {
        let mut found = BTreeSet::new();
        let mut next = vec![from];
        while let Some(file) = next.pop() {
            for to in self.edges.get(file).into_iter().flat_map(BTreeMap::keys) {
                if found.insert(to) {
                    next.push(to);
                }
            }
        }
        found
    }

    /// A circle in words: one line for each arrow in it, with the names that are taken.
    pub fn tell(&self, circle: &[String]) -> String {
        let mut lines = vec![format!("a circle of {} files:", circle.len())];
        for from in circle {
            for (to, names) in self.edges.get(from).into_iter().flatten().filter(|(to, _)| circle.contains(to)) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                lines.push(format!("  src/{from} takes {} from src/{to}", names.join(", ")));
            }
        }
        lines.join("\n")
    }
}

/// Whether `parent` is the file of a module above the module of `file`.
fn is_ancestor(parent: &str, file: &str) -> bool {
    if matches!(parent, "lib.rs" | "main.rs") {
        return true;
    }
    let folder = parent.strip_suffix("/mod.rs").or_else(|| parent.strip_suffix(".rs")).unwrap_or(parent);
    file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Where a path leads.
enum Place {
    /// A name that a file of ours defines.
    Here { file: String, name: String },
    /// Another crate.
    Crate(String),
}

/// Follows `path`, as it is written in the module `at`.
fn resolve(modules: &BTreeMap<ModPath, Module>, at: &[String], path: &[String], depth: usize) -> Option<Place> {
    if depth > 16 {
        return None;
    }
    let mut here: ModPath = at.to_vec();
    let mut rest = path;
    while let Some((first, tail)) = rest.split_first() {
        match first.as_str() {
            "crate" => here.clear(),
            "self" => {}
            "super" => {
                here.pop();
            }
            _ => break,
        }
        rest = tail;
    }
    let is_anchored = rest.len() < path.len();
    let mut is_first = true;
    loop {
        let module = modules.get(&here)?;
        // A module alone is no name: what is taken through it makes the edge.
        let (name, tail) = rest.split_first()?;
        if module.children.contains(name) {
            here.push(name.clone());
            rest = tail;
            is_first = false;
            continue;
        }
        if module.defined.contains(name) {
            return Some(Place::Here { file: module.file.clone(), name: name.clone() });
        }
        if let Some(used) = module.uses.get(name).filter(|used| used.as_slice() != path) {
            let further: Vec<String> = used.iter().chain(tail).cloned().collect();
            return resolve(modules, &here, &further, depth + 1);
        }
        for glob in &module.globs {
            let further: Vec<String> = glob.iter().chain(rest).cloned().collect();
            if let Some(place @ Place::Here { .. }) = resolve(modules, &here, &further, depth + 1) {
                return Some(place);
            }
        }
        let is_crate = is_first && !is_anchored && path.len() > 1 && name.starts_with(char::is_lowercase);
        let is_crate = is_crate && !PRIMITIVES.contains(&name.as_str());
        return is_crate.then(|| Place::Crate(name.clone()));
    }
}

/// Reads a file and the files of its modules.
fn load(src: &Path, file: &Path, at: &[String], modules: &mut BTreeMap<ModPath, Module>) {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let parsed = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let name = file.strip_prefix(src).unwrap().to_string_lossy().into_owned();
    take(src, &name, &folder_of(file), at, &parsed.items, modules);
}

/// The folder in which the modules of a file lie.
fn folder_of(file: &Path) -> PathBuf {
    match file.file_name().and_then(|n| n.to_str()) {
        Some("mod.rs" | "lib.rs" | "main.rs") => file.parent().unwrap().to_owned(),
        _ => file.with_extension(""),
    }
}

/// Notes what the items of one module say.
fn take(
    src: &Path,
    file: &str,
    folder: &Path,
    at: &[String],
    items: &[syn::Item],
    modules: &mut BTreeMap<ModPath, Module>,
) {
    let mut module = Module { file: file.to_owned(), ..Module::default() };
    for item in items {
        if let Some(name) = name_of(item) {
            module.defined.insert(name);
        }
    }
    let mut reader = Reader { module: &mut module, inner: Vec::new() };
    for item in items {
        reader.visit_item(item);
    }
    let inner = std::mem::take(&mut reader.inner);
    for child in inner {
        let name = child.ident.to_string();
        module.children.insert(name.clone());
        let path: ModPath = at.iter().cloned().chain([name.clone()]).collect();
        match child.content {
            Some((_, items)) => take(src, file, &folder.join(&name), &path, &items, modules),
            None => {
                let flat = folder.join(format!("{name}.rs"));
                let below = folder.join(&name).join("mod.rs");
                load(src, if flat.exists() { &flat } else { &below }, &path, modules);
            }
        }
    }
    modules.insert(at.to_vec(), module);
}

/// The name that an item defines.
fn name_of(item: &syn::Item) -> Option<String> {
    let ident = match item {
        syn::Item::Const(i) => &i.ident,
        syn::Item::Enum(i) => &i.ident,
        syn::Item::Fn(i) => &i.sig.ident,
        syn::Item::Static(i) => &i.ident,
        syn::Item::Struct(i) => &i.ident,
        syn::Item::Trait(i) => &i.ident,
        syn::Item::Type(i) => &i.ident,
        syn::Item::Macro(i) => i.ident.as_ref()?,
        _ => return None,
    };
    Some(ident.to_string())
}

/// Whether an item is compiled for tests alone.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| {
        a.path().is_ident("cfg") && matches!(&a.meta, syn::Meta::List(list) if list.tokens.to_string() == "test")
    })
}

/// Collects the paths of one module, and the modules inside it.
struct Reader<'m> {
    module: &'m mut Module,
    inner: Vec<syn::ItemMod>,
}

impl Reader<'_> {
    /// Flattens a `use` tree.
    fn tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |name: String| before.iter().cloned().chain([name]).collect::<Vec<_>>();
        match tree {
            syn::UseTree::Path(path) => self.tree(&path.tree, &with(path.ident.to_string())),
            syn::UseTree::Name(name) if name.ident == "self" => {
                let last = before.last().cloned().unwrap_or_default();
                self.brought(last, before.to_vec());
            }
            syn::UseTree::Name(name) => self.brought(name.ident.to_string(), with(name.ident.to_string())),
            syn::UseTree::Rename(name) if name.ident == "self" => {
                self.brought(name.rename.to_string(), before.to_vec());
            }
            syn::UseTree::Rename(name) => self.brought(name.rename.to_string(), with(name.ident.to_string())),
            syn::UseTree::Glob(_) => {
                self.module.paths.insert(before.to_vec());
                self.module.globs.push(before.to_vec());
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|t| self.tree(t, before)),
        }
    }

    fn brought(&mut self, name: String, path: Vec<String>) {
        self.module.paths.insert(path.clone());
        self.module.uses.insert(name, path);
    }

    /// A macro's body is no syntax tree: paths are found by their `::`.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.wrote(&mut path);
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    self.wrote(&mut path);
                    colons = 0;
                }
                TokenTree::Group(group) => {
                    self.wrote(&mut path);
                    self.tokens(group.stream());
                    colons = 0;
                }
            }
        }
        self.wrote(&mut path);
    }

    fn wrote(&mut self, path: &mut Vec<String>) {
        let path = std::mem::take(path);
        if path.len() > 1 {
            self.module.paths.insert(path);
        }
    }
}

impl<'a> Visit<'a> for Reader<'_> {
    fn visit_item(&mut self, item: &'a syn::Item) {
        let attributes = match item {
            syn::Item::Const(i) => &i.attrs,
            syn::Item::Fn(i) => &i.attrs,
            syn::Item::Impl(i) => &i.attrs,
            syn::Item::Struct(i) => &i.attrs,
            syn::Item::Use(i) => &i.attrs,
            syn::Item::Mod(i) => &i.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_test(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        self.inner.push(item.clone());
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let mut written: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.wrote(&mut written);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'a syn::Macro) {
        self.tokens(mac.tokens.clone());
        visit::visit_macro(self, mac);
    }

    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}

    fn visit_visibility(&mut self, _: &'a syn::Visibility) {}
}

/// A tree of files below a fresh folder, and its graph.
fn graph_of(files: &[(&str, &str)]) -> Graph {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    Graph::read(root.path())
}

#[test]
fn a_circle_is_seen_however_it_is_written() {
    for (case, b) in [
        ("use line", "use crate::a::One; pub struct Two(One);"),
        ("use tree", "use super::{a::{self, One}}; pub struct Two(One);"),
        ("renamed", "use super::a as other; pub struct Two(other::One);"),
        ("path in a function", "pub struct Two; fn f() { let _ = super::a::One; }"),
        ("use in a function", "pub struct Two; fn f() { use crate::a::One; let _ = One; }"),
        ("in a macro", "pub struct Two; fn f() { assert!(matches!(1, crate::a::ONE)); }"),
        ("through a re-export", "use crate::One; pub struct Two(One);"),
        ("inline module", "pub struct Two; mod inner { pub struct Three(super::super::a::One); }"),
    ] {
        let a = "use super::b::Two; pub struct One; pub const ONE: u8 = 1; fn f(_: Two) {}";
        let graph = graph_of(&[("lib.rs", "mod a; mod b; pub use a::One;"), ("a.rs", a), ("b.rs", b)]);
        assert_eq!(graph.circles(), [["a.rs", "b.rs"]], "{case}: {:?}", graph.edges);
        assert!(graph.tell(&graph.circles()[0]).contains("src/a.rs takes Two from src/b.rs"), "{case}");
    }
}

#[test]
fn what_ties_nothing_together_is_no_circle() {
    for (case, parent, child) in [
        (
            "a list of children",
            "mod child; pub use child::One; pub fn f() { child::g(); }",
            "pub struct One; pub fn g() {}",
        ),
        (
            "tests",
            "mod child; pub struct Two; fn f() { child::g(); }",
            "pub fn g() {} #[cfg(test)] mod t { use super::super::Two; }",
        ),
        ("a comment", "mod child; pub struct Two; fn f() { child::g(); }", "/// Like [`super::Two`].\npub fn g() {}"),
        ("its visibility", "mod child; pub struct Two; fn f() { child::g(); }", "pub(in super::super) fn g() {}"),
    ] {
        let graph = graph_of(&[("lib.rs", "mod parent;"), ("parent/mod.rs", parent), ("parent/child.rs", child)]);
        assert!(graph.circles().is_empty(), "{case}: {:?}", graph.edges);
    }
    let child = "use super::Two; pub fn g(_: Two) {}";
    let parent = "mod child; pub struct Two; fn f() { child::g(Two); }";
    let graph = graph_of(&[("lib.rs", "mod parent;"), ("parent.rs", parent), ("parent/child.rs", child)]);
    assert_eq!(graph.circles(), [["parent.rs", "parent/child.rs"]], "a child that takes something back");
}
