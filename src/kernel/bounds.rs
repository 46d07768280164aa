//! How much people may write: in characters, and how many of a thing at once. The database holds more, a page shows less well.

/// Characters of a name.
pub const NAME: usize = 200;
/// Characters of a title or a service.
pub const TITLE: usize = 200;
/// Characters of a description.
pub const DESCRIPTION: usize = 4_000;
/// Characters of a postal address.
pub const ADDRESS: usize = 400;
/// Characters of a telephone number.
pub const PHONE: usize = 40;
/// Characters of a reference to a decision or a notification.
pub const REFERENCE: usize = 100;
/// Characters of a number in a foreign register, or of a template's version.
pub const NUMBER: usize = 60;
/// Countries or categories of one engagement, and sub-processors of one agreement in a register.
pub const LISTED: usize = 40;
