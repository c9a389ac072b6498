//! What the declaration would say that belongs to no column: the text, what is missing, and where the file is from.

use crate::data::declare::{Duplicates, Key, Said, duplicates_word, system_word};
use crate::data::load::assembly::Assembly;
use crate::data::meaning::column_use::Use;

impl Assembly<'_> {
    /// What was declared or found of the text, so far as it is not the usual.
    pub(super) fn said_of_text(&mut self) {
        let table = &*self.table;
        let said = &mut self.declaration;
        if let Some(encoding) = table.origin.foreign() {
            said.push(Said::texts(Key::Encoding, &[encoding.to_lowercase()]));
        }
        let text = &self.spec.text;
        if text.is_ours {
            return;
        }
        said.extend(text.separator.map(|s| Said::texts(Key::Separator, &[char::from(s).to_string()])));
        said.extend(text.quote.map(|q| {
            // Where nothing is a quote, none is said.
            let sign = if q == 0 { String::new() } else { char::from(q).to_string() };
            Said::texts(Key::Quote, &[sign])
        }));
        said.extend(text.skip_lines.map(|n| Said::word(Key::Preamble, &n.to_string())));
        said.extend(text.header.map(|h| Said::word(Key::Header, if h { "yes" } else { "no" })));
        said.extend(text.mend.then(|| Said::word(Key::Misfits, "repair")));
        said.extend(self.spec.sheet.as_ref().map(|sheet| Said::texts(Key::Sheet, std::slice::from_ref(sheet))));
    }

    /// The end of the declaration.
    pub(super) fn close(&mut self) {
        let said = &mut self.declaration;
        let uses = self.found.uses.iter().zip(&self.table.header);
        let skipped: Vec<String> = uses.filter(|(u, _)| **u == Use::Skip).map(|(_, h)| h.clone()).collect();
        let closed = self.found.layout.is_some_and(|l| l.closed);
        if !skipped.is_empty() && !closed {
            said.push(Said::skip(&skipped));
        }
        let spec = self.spec;
        let mut missing = spec.missing.clone();
        missing.extend(self.found.missing.iter().filter(|m| !spec.missing.contains(m)).cloned());
        if !missing.is_empty() {
            said.push(Said::texts(Key::Missing, &missing));
        }
        said.extend(self.found.decimal.map(|d| Said::texts(Key::Decimal, &[d.to_string()])));
        said.extend(spec.thousands.map(|t| Said::texts(Key::Thousands, &[t.to_string()])));
        said.extend(spec.absent.iter().map(|(dim, zero)| Said::absent(dim.as_ref().map(|d| d.node.as_str()), *zero)));
        for (key, list) in [(Key::Aggregates, &spec.aggregates), (Key::Groups, &spec.groups)] {
            said.extend(list.iter().map(|(dim, label)| Said::of_codes(key, &dim.node, &label.node)));
        }
        if spec.duplicates != Duplicates::Refuse {
            said.push(Said::word(Key::Duplicates, duplicates_word(spec.duplicates)));
        }
        let own = spec.systems.iter().filter(|(_, s)| s.is_none());
        said.extend(own.map(|(dim, system)| Said::of_codes(Key::Codes, &dim.node, system_word(*system))));
        said.extend(spec.marks.iter().map(|(text, flags)| Said::texts(Key::Mark(*flags), std::slice::from_ref(text))));
        let provenance = spec.provenance.iter();
        said.extend(provenance.map(|(word, text)| Said::provenance(word, std::slice::from_ref(text))));
    }
}
