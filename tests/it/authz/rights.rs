//! The table of rights, `expected/authz.csv`, and what its cells mean for somebody and something.

use std::collections::BTreeMap;

/// Somebody who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Persona {
    pub name: &'static str,
    /// The column of the person's role; none for who holds no role, and for nobody.
    pub column: Option<&'static str>,
    /// Whose login is used; none for nobody.
    pub municipality: Option<&'static str>,
}

const fn persona(name: &'static str, column: &'static str, municipality: &'static str) -> Persona {
    Persona { name, column: Some(column), municipality: Some(municipality) }
}

/// Each kind of person in what concerns Gnesta, and two of Flen, to whom Gnesta is the other municipality.
pub(crate) const PERSONAS: [Persona; 11] = [
    Persona { name: "nobody", column: None, municipality: None },
    Persona { name: "nobody.gnesta", column: None, municipality: Some("gnesta") },
    Persona { name: "unbound.gnesta", column: None, municipality: Some("gnesta") },
    persona("dso", "data_protection_officer", "flen"),
    persona("operator", "cooperation_administrator", "flen"),
    persona("coordinator.gnesta", "coordinator", "gnesta"),
    persona("boardcoordinator.gnesta", "coordinator", "gnesta"),
    persona("administrator.gnesta", "municipality_administrator", "gnesta"),
    persona("reader.gnesta", "reader", "gnesta"),
    persona("coordinator.flen", "coordinator", "flen"),
    persona("administrator.flen", "municipality_administrator", "flen"),
];

/// What the cells of the table ask about a thing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts {
    /// The municipality that keeps it.
    pub keeper: &'static str,
    /// The municipalities whose record it is: of a joint board or a joint agreement several.
    pub of: &'static [&'static str],
    /// Whether a controller whose record it is has appointed the officer.
    pub appointed: bool,
    /// Who coordinates the controller that keeps it.
    pub coordinators: &'static [&'static str],
    /// Who coordinates a controller that it concerns.
    pub involved: &'static [&'static str],
    /// The municipalities that use it.
    pub used_by: &'static [&'static str],
    /// The persona whose own details it is.
    pub person: Option<&'static str>,
}

impl Facts {
    /// Whether what a cell says holds for a persona.
    fn fit(&self, cell: &str, persona: Persona) -> bool {
        let Some(home) = persona.municipality else { return false };
        match cell {
            "yes" => true,
            // All municipalities of these tests have an administrator, so nobody is made the first.
            // What is judged here is of municipalities.
            "no" | "first administrator of a municipality" | "cooperation entries only" => false,
            "own municipality" | "own municipality and its own people" => self.keeper == home,
            "appointing controllers" | "touches an appointing controller" => self.appointed,
            "own details" => self.person == Some(persona.name),
            "controllers assigned"
            | "lead controller assigned"
            | "party's controller assigned"
            | "case's controller assigned"
            | "a joined party's controller assigned"
            | "lead controller assigned or the party's controller assigned where the notice is its own" => {
                self.coordinators.contains(&persona.name)
            }
            "own controllers" => self.involved.contains(&persona.name) && self.of.contains(&home),
            "own municipality uses it" | "has an agreement with that processor" => self.used_by.contains(&home),
            // Who has acted stands where who uses it does.
            "announced by own municipality and no other has acted on it" => {
                self.keeper == home && self.used_by.iter().all(|acted| *acted == home)
            }
            "only while no other municipality uses it" => self.used_by.iter().all(|user| *user == home),
            other => panic!("nobody knows what {other:?} means"),
        }
    }
}

/// The cells of each row by their columns.
pub(crate) struct Rights(pub BTreeMap<String, BTreeMap<String, String>>);

impl Rights {
    pub(crate) fn read() -> Self {
        let mut reader = csv::Reader::from_reader(include_str!("../expected/authz.csv").as_bytes());
        let header = reader.headers().unwrap().clone();
        let mut rows = BTreeMap::new();
        for record in reader.records() {
            let record = record.unwrap();
            let cells = header.iter().zip(&record).map(|(column, cell)| (column.to_owned(), cell.to_owned())).collect();
            assert!(rows.insert(record[0].to_owned(), cells).is_none(), "{} stands twice", &record[0]);
        }
        Self(rows)
    }

    /// What a row says for the role of a persona; who holds no role may do nothing.
    pub(crate) fn cell(&self, row: &str, persona: Persona) -> &str {
        let cells = self.0.get(row).unwrap_or_else(|| panic!("authz.csv has no row {row:?}"));
        persona.column.map_or("no", |column| cells[column].as_str())
    }

    /// Whether a row lets a persona change something.
    pub(crate) fn may(&self, row: &str, persona: Persona, facts: &Facts) -> bool {
        facts.fit(self.cell(row, persona), persona)
    }

    /// Whether a row lets a persona read something. By the row's condition every municipality of a record reads it.
    pub(crate) fn may_read(&self, row: &str, persona: Persona, facts: &Facts) -> bool {
        match self.cell(row, persona) {
            "own municipality" => facts.of.iter().any(|of| Some(*of) == persona.municipality),
            cell => facts.fit(cell, persona),
        }
    }
}
