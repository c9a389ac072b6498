//! What each figure of a sentence is said of: the flow, the product, the partner, who reports. In: items with roles, what was
//! told before. Out: subjects and groups: figures of one group tell of one series.

use super::amounts::{Item, Placed};
use super::figure::{Figure, Role, Source, Subject};
use super::roles::Marks;
use super::view::View;
use super::words::{Class, Flow, Joint};

mod flows;
mod partners;
mod products;

/// What was told before this sentence.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Who reports.
    pub reporter: Option<String>,
    /// The subject told last, and how many sentences ago.
    pub subject: Option<(Subject, usize)>,
    /// The whole of trade that the story is about: goods, or goods and services.
    pub total: Option<String>,
    /// Whether a flow was told without its product: of all of it.
    pub bare: bool,
    /// The partner named last.
    pub partner: Option<String>,
    /// Whether goods and services were told together.
    pub both: bool,
    /// The flow that the story told first, if that is exports or imports.
    pub led: Option<Flow>,
    /// The partner of the balance that the sentence before told of, and of nothing else.
    pub balance_with: Option<String>,
}

/// Figures of one series.
#[derive(Clone, Debug)]
pub struct Group {
    /// The series.
    pub subject: Subject,
    /// How flow, product and partner are known.
    pub from: [Source; 3],
    /// Flows that are told together, in order: `exports and imports`.
    pub pair: Vec<Flow>,
    /// Partners that are told together.
    pub partners: Vec<String>,
    /// Products that are told together.
    pub products: Vec<String>,
    /// Whether nothing of the sentence made it.
    pub implicit: bool,
    figures: usize,
}

/// A reader of one sentence.
struct Reader<'a> {
    view: View<'a>,
    told: &'a mut Told,
    marks: &'a Marks,
    groups: Vec<Group>,
    /// Items that a noun before has taken.
    used: Vec<bool>,
    lead_partner: Option<String>,
    lead_product: Option<String>,
    total: Option<String>,
    /// Figures told before any subject, which may belong to the first.
    early: Vec<usize>,
    last_flow: Option<usize>,
    /// What was counted before any subject: `16.9 million watches were exported`.
    early_product: Option<String>,
    /// The flow of the verb of buying or selling before.
    sold: Option<Flow>,
    /// Partners that stand before their flow.
    ahead: Vec<String>,
    /// The product of a surplus and of a deficit of this sentence.
    signs: Vec<(Flow, String)>,
}

/// Sets the subjects of the figures of a sentence; the groups that were found.
pub fn set(
    items: &[Placed],
    text: &str,
    figures: &mut [Figure],
    marks: &Marks,
    told: &mut Told,
    groups: usize,
) -> Vec<Group> {
    let mut reader = Reader {
        view: View { items, text },
        told,
        marks,
        groups: Vec::new(),
        used: vec![false; items.len()],
        lead_partner: None,
        lead_product: None,
        total: None,
        early: Vec::new(),
        last_flow: None,
        early_product: None,
        sold: None,
        ahead: Vec::new(),
        signs: Vec::new(),
    };
    reader.begin();
    for i in 0..items.len() {
        reader.step(i, figures, groups);
    }
    let out = reader.groups;
    for figure in figures.iter_mut().filter(|f| f.group >= groups) {
        if let Some(group) = out.get(figure.group - groups) {
            figure.subject = group.subject.clone();
            figure.from_subject = group.from;
        }
    }
    out
}

impl Reader<'_> {
    fn begin(&mut self) {
        let (subject, ago) = self.told.subject.clone().unwrap_or((Subject::all(self.total().as_str()), 0));
        let subject = Subject { reporter: subject.reporter.or(self.told.reporter.clone()), ..subject };
        let from = [Source::Carried(ago + 1); 3];
        self.groups.push(Group {
            subject,
            from,
            pair: vec![],
            partners: vec![],
            products: vec![],
            implicit: true,
            figures: 0,
        });
    }

    fn total(&self) -> String {
        self.total.clone().or_else(|| self.told.total.clone()).unwrap_or_else(|| "goods".into())
    }

    fn current(&mut self) -> Option<&mut Group> {
        self.groups.last_mut()
    }

    fn is_used(&self, i: usize) -> bool {
        let at = |list: &Vec<bool>| list.get(i).copied().unwrap_or(false);
        at(&self.used) || at(&self.marks.taken)
    }

    fn take(&mut self, i: usize) {
        if let Some(used) = self.used.get_mut(i) {
            *used = true;
        }
    }

    fn step(&mut self, i: usize, figures: &mut [Figure], groups: usize) {
        if self.is_used(i) {
            return;
        }
        match self.view.item(i) {
            Some(Item::Figure(f)) => self.figure(i, f, figures, groups),
            Some(Item::Known(Class::Flow(flow))) => self.flow(i, flow, false),
            Some(Item::Known(Class::Did(flow))) => self.flow(i, flow, true),
            Some(Item::Known(Class::Product(product))) => self.product(i, product, figures, groups),
            Some(Item::Known(Class::Place(code))) => self.place(i, code, figures, groups),
            Some(Item::Known(Class::Native(code)))
                if self.is_partner_joint(i).is_some() || i > 0 && self.view.is_joint(i - 1, Joint::Of) =>
            {
                self.place(i, code, figures, groups);
            }
            Some(Item::Known(Class::World)) if i > 0 && self.is_partner_joint(i).is_some() => {
                self.partner(i, "world", figures, groups)
            }
            Some(Item::Known(Class::Others)) => {
                let but = self.told.partner.clone().unwrap_or_default();
                let code = if but.is_empty() { "others".to_string() } else { format!("NON-{but}") };
                self.partner(i, &code, figures, groups);
            }
            Some(Item::Known(Class::BackPlace)) => {
                let joint = self.is_partner_joint(i).is_some();
                let there = self.view.is_word(i, &["there"])
                    && (!self.view.is_word(i + 1, &["was", "were", "is", "had"])
                        || i > 0 && self.view.flow(i - 1).is_some());
                if (joint || there)
                    && let Some(code) = self.told.partner.clone()
                {
                    self.partner(i, &code, figures, groups);
                } else if !self.view.is_word(i, &["there"]) {
                    self.explicit();
                }
            }
            Some(Item::Known(Class::BackSubject)) => self.explicit(),
            // `Sales to the U.S. soared`
            Some(Item::Word)
                if self.view.is_word(i, &["sales", "deliveries"]) && self.view.is_joint(i + 1, Joint::To) =>
            {
                self.flow(i, Flow::Exports, false);
            }
            Some(Item::Word) if self.view.is_word(i, &["purchases"]) && self.view.is_joint(i + 1, Joint::From) => {
                self.flow(i, Flow::Imports, false);
            }
            // `sold $143.5bn of goods to China`, `and bought $438.9bn`
            Some(Item::Word) if self.traded(i).is_some() => {
                if let Some((flow, partner)) = self.traded(i) {
                    self.sold = Some(flow);
                    let lead = self.lead_partner.clone();
                    self.lead_partner = partner.or(self.lead_partner.take());
                    self.flow(i, flow, true);
                    self.lead_partner = lead;
                }
            }
            // `2023, when they had fallen 4 per cent`: of another time.
            Some(Item::Word) if self.view.is_word(i, &["when"]) => {
                let again = self.groups.last().filter(|g| g.figures > 0).cloned();
                self.groups.extend(again.map(|g| Group { figures: 0, implicit: false, ..g }));
            }
            _ => {}
        }
    }

    /// The subject told before is meant.
    fn explicit(&mut self) {
        if let Some(group) = self.groups.first_mut() {
            group.implicit = false;
        }
    }

    fn figure(&mut self, i: usize, f: usize, figures: &mut [Figure], groups: usize) {
        if let Some(at) = self.flow_behind(i, figures.get(f))
            && let Some(flow) = self.view.flow(at)
        {
            self.flow(at, flow, false);
            self.take(at);
        }
        let index = groups + self.groups.len() - 1;
        let Some(group) = self.groups.last_mut() else { return };
        group.figures += 1;
        if group.implicit && self.groups.len() == 1 {
            self.early.push(f);
        }
        let Some(figure) = figures.get_mut(f) else { return };
        figure.group = index;
        if let Some(product) = figure.counted {
            self.early_product = Some(product.to_string());
            self.counted(product);
        }
        // Pieces of goods are pieces of what was told of before.
        if figure.is_quantity()
            && let Some(group) = self.groups.last_mut()
            && group.subject.product == "goods"
            && let Some((subject, ago)) = &self.told.subject
        {
            group.subject.product = subject.product.clone();
            group.from[1] = Source::Carried(ago + 1);
        }
    }

    /// Keeps what the whole of trade is here.
    fn note_total(&mut self, product: Option<&str>) {
        if let Some(p) = product.filter(|p| matches!(*p, "goods" | "services" | "goods_and_services")) {
            self.total = Some(p.to_string());
            if self.told.total.is_none() && p != "services" {
                self.told.total = Some(p.to_string());
            }
        }
    }

    fn counted(&mut self, product: &str) {
        let Some(group) = self.current() else { return };
        group.subject.product = product.to_string();
        group.from[1] = Source::Said;
    }

    /// The flow noun to which a figure before it belongs: `$165 billion in exports`, `a 5 percent rise in imports`.
    fn flow_behind(&self, i: usize, figure: Option<&Figure>) -> Option<usize> {
        let figure = figure?;
        let v = &self.view;
        if figure.role == Role::Share || self.is_used(i + 1) {
            return None;
        }
        let mut at = i + 1;
        let growing = matches!(figure.role, Role::Growth | Role::Change);
        if growing && matches!(v.class(at), Some(Class::Direction(_, false))) {
            at += 1;
        }
        if v.is_word(at, &["worth"]) {
            at += 1;
        }
        let joined = v.is_joint(at, Joint::Of) || v.is_joint(at, Joint::In) || v.is_joint(at, Joint::For);
        if joined {
            at += 1;
        } else if growing && at == i + 1 {
            return None;
        }
        let mut steps = 0;
        while steps < 3
            && matches!(v.item(at), Some(Item::Known(Class::Product(_) | Class::Whole | Class::Place(_)) | Item::Word))
        {
            if !joined && matches!(v.item(at), Some(Item::Word | Item::Known(Class::Place(_)))) {
                return None;
            }
            at += 1;
            steps += 1;
        }
        matches!(v.class(at), Some(Class::Flow(_))).then_some(at)
    }
}
