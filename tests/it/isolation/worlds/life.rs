//! What becomes of the agreement of a world: its terms, signed by two parties and left by a third; a sub-processor that was accepted and
//! one that was objected to; and the ends that followed.

use super::*;

/// An announced change and the case of a controller about it.
struct Announced {
    change: String,
    case: String,
    sub_processor: String,
}

impl Making<'_> {
    /// Takes an agreement of which the rows and the sub-processors are written from its signing to its end.
    pub(super) async fn life(&mut self, agreement: &str, controllers: &Controllers, parties: &Parties) {
        let coordinator = self.in_office(self.world.coordinators[0]).await;
        if self.world.keeper == ["flen"] {
            self.in_office("dso").await;
        }
        self.terms(agreement).await;
        let left = self.left_by(agreement).await;
        let [lead, joining] = [&controllers.lead, &controllers.joining].map(|controller| self.row_of(agreement, controller));
        let warned = self.signed(agreement, &lead, &["CONTROLLER", "PROCESSOR"], "2026-01-12").await;
        self.records.get_mut(agreement).unwrap().values["acknowledgements"] = self.acknowledged(&warned, &coordinator);

        let accepted = self.announced(agreement, &controllers.lead, parties, ("ADD", "godtogs", "2026-02-02", "2026-04-01")).await;
        self.accepted(agreement, controllers, &accepted, &coordinator).await;
        let refused = self.announced(agreement, &controllers.lead, parties, ("REPLACE", "avslogs", "2026-09-01", "2026-10-15")).await;
        self.objected(&refused, &coordinator).await;
        self.terminated(agreement, &lead, &refused.case).await;
        self.signed(agreement, &joining, &["CONTROLLER"], "2026-11-02").await;
        let unseen = self.announced(agreement, &controllers.joining, parties, ("ADD", "dolts", "2026-11-20", "2026-12-20")).await;
        self.unconfirmed(&unseen);
        self.given_notice_of(agreement, &joining).await;
        self.ended(agreement, [&lead, &joining, &left]).await;
    }

    fn values(&mut self, id: &str) -> &mut Value {
        &mut self.records.get_mut(id).unwrap().values
    }

    /// Writes more into something, or something else.
    fn set(&mut self, id: &str, values: &Value) {
        let written = self.values(id);
        *written = with(written.take(), values);
    }

    /// The row of a controller in an agreement.
    fn row_of(&self, agreement: &str, controller: &str) -> String {
        let rows = self.records[agreement].values["parties"].as_array().unwrap();
        let mut rows = rows.iter().filter_map(Value::as_str).filter(|row| self.records[*row].values["controller"] == controller);
        rows.next().unwrap().to_owned()
    }

    /// Does something to a row of an agreement, as a coordinator of its controller.
    async fn in_row(&mut self, agreement: &str, row: &str, mutation: &str, fields: Value) -> Value {
        let Record { values, facts, .. } = &self.records[row];
        let which = json!({ "agreementId": agreement, "controllerId": values["controller"], "expectedVersion": values["version"] });
        let (coordinator, version) = (facts.coordinators[0], values["version"].as_i64().unwrap());
        let changed = self.done(coordinator, mutation, with(which, &fields)).await;
        self.set(row, &json!({ "version": version + 1 }));
        changed
    }

    /// Somebody of the world's own municipality who acts in an office.
    async fn in_office(&mut self, persona: &str) -> String {
        let world = self.world;
        let known = person(self.app, persona).await;
        let municipality = self.municipalities[world.keeper[0]].clone();
        let id = id(&known);
        self.put("Person", &id, world.in_directory(), with(known, &json!({ "municipality": municipality })));
        self.records.get_mut(&id).unwrap().office = Office::Today;
        id
    }

    /// Terms of which each is this world's own.
    async fn terms(&mut self, agreement: &str) {
        let n = u32::from(self.world.letter) - 90;
        let chosen = json!({ "validFrom": "2026-01-11", "terminationNoticeDays": 27, "objectionDays": 17, "objectionDayKind": "WORKING",
            "silenceMeans": "NOT_APPROVED", "returnDays": 47, "deemedReceiptWorkingDays": 2, "logRetentionYears": n, "selfAuditMonths": 7,
            "thirdCountryTransferAllowed": true, "mainContractPrevails": true, "mainContractReference": self.world.text("Huvudavtal"),
            "fixedEndOn": "2099-01-11" });
        let input = json!({ "agreementId": agreement, "expectedVersion": 5, "terms": chosen });
        self.done(self.world.coordinators[0], "amendAgreement", input).await;
        let query = "query($id: ID!) { agreement(id: $id) { terms { id } } }";
        let read = self.app.as_(self.world.coordinators[0]).query(query, json!({ "id": agreement })).await;
        let id = id(&read["agreement"]["terms"]);
        let purgeable = format!("{}-11-22", 2026 - n);
        let followed = json!({ "number": 1, "signedByProcessorOn": "2026-01-12", "logsPurgeableUntil": purgeable, "signatures": [] });
        self.put("AgreementTerms", &id, self.world.on_record(), with(chosen, &followed));
        self.set(agreement, &json!({ "terms": id, "termVersions": [id], "version": 6 }));
    }

    /// A third controller, which was invited and left.
    async fn left_by(&mut self, agreement: &str) -> String {
        let world = self.world;
        let controller = self.controller("Lämnande nämnd", world.keeper, false).await;
        self.append_to(&controller, "agreements", agreement);
        let invited = json!({ "agreementId": agreement, "expectedVersion": 6, "controllerId": controller, "invitedOn": "2026-11-20" });
        let changed = self.done(world.coordinators[0], "inviteToAgreement", invited).await;
        let rows = changed["parties"].as_array().unwrap();
        let row = id(rows.iter().find(|row| row["controller"]["id"] == controller).unwrap());
        let values = json!({ "lead": false, "invitedOn": "2026-11-20", "version": 1, "controller": controller, "leftOn": "2026-11-21",
            "status": "CLOSED", "terms": self.records[agreement].values["terms"] });
        self.put("AgreementParty", &row, Facts { coordinators: world.coordinators, ..world.on_record() }, values);
        self.append_to(agreement, "parties", &row);
        self.set(agreement, &json!({ "version": 7 }));
        self.in_row(agreement, &row, "leaveAgreement", json!({ "leftOn": "2026-11-21" })).await;
        row
    }

    /// Signs for sides; gives back the rules that warned.
    async fn signed(&mut self, agreement: &str, row: &str, sides: &[&str], on: &str) -> Vec<Value> {
        let reason = self.world.text("Skäl");
        let answers: Vec<_> =
            ["PUB4", "PUB5", "PUB7", "PUB16", "PUB22", "PUB32", "PUB44"].map(|rule| json!({ "rule": rule, "reason": reason })).into();
        let mut signed = Value::Null;
        for side in sides {
            let input = json!({ "side": side, "signedOn": on, "acknowledgements": answers });
            signed = self.in_row(agreement, row, "signAgreement", input).await;
        }
        let controller = self.records[row].values["controller"].clone();
        let terms = self.records[agreement].values["terms"].as_str().unwrap().to_owned();
        self.values(&terms)["signatures"].as_array_mut().unwrap().push(json!({ "signedOn": on, "controller": controller }));
        self.set(row, &json!({ "signedOn": on, "terms": terms }));
        signed["acknowledgements"].as_array().unwrap().iter().map(|warning| warning["rule"].clone()).collect()
    }

    fn acknowledged(&self, rules: &[Value], by: &str) -> Value {
        let reason = self.world.text("Skäl");
        rules.iter().map(|rule| json!({ "rule": rule, "reason": reason, "by": by, "at": NOW_TOLD })).collect()
    }

    /// A change of the processor's sub-processors, named after what became of it, and the case of a controller.
    async fn announced(&mut self, agreement: &str, controller: &str, parties: &Parties, told: (&str, &str, &str, &str)) -> Announced {
        let (kind, what, announced_on, effective_on) = told;
        let replaced = (kind == "REPLACE").then_some(&parties.board);
        let world = self.world;
        let unused = json!({ "organisationNumber": null, "foreignRegistrationNumber": world.text(what), "country": "NO", "controlledFrom": null,
            "publicBody": false, "controllerId": null });
        let sub_processor = self.party(&format!("Underleverantör som {what}"), unused).await;
        let told = json!({ "kind": kind, "service": world.text("Ny tjänst"), "dataCategories": ["LOCATION"], "dataSubjects": ["RESIDENTS"],
            "announcedOn": announced_on, "effectiveOn": effective_on, "sourceUrl": world.url(what) });
        let which = json!({ "processorId": parties.processor, "subProcessorId": sub_processor, "replacesId": replaced,
            "engagedById": parties.foreign, "processingCountries": ["IN"] });
        let change = id(&self.done(world.coordinators[0], "announceSubProcessorChange", with(told.clone(), &which)).await);
        let links = json!({ "processor": parties.processor, "subProcessor": sub_processor, "replaces": replaced,
            "engagedBy": parties.foreign, "processingCountries": [country("IN")], "version": 1,
            "announcedBy": self.municipalities[world.keeper[0]], "objectionCases": [], "advice": [] });
        self.put("SubProcessorChange", &change, world.in_directory(), with(told, &links));
        let facts = self.records[controller].facts;
        let case = id(&own_case(self.app, facts.coordinators[0], &change).await);
        let links = json!({ "change": change, "agreement": agreement, "controller": controller, "version": 0 });
        self.put("ObjectionCase", &case, facts, links);
        self.append_to(&change, "objectionCases", &case);
        Announced { change, case, sub_processor }
    }

    /// Does something in a case.
    async fn in_case(&mut self, case: &str, mutation: &str, fields: Value) {
        let version = self.records[case].values["version"].as_i64().unwrap();
        let which = json!({ "objectionCaseId": case, "expectedVersion": version });
        self.done(self.world.coordinators[0], mutation, with(which, &fields)).await;
        self.set(case, &json!({ "version": version + 1 }));
    }

    /// A case in which the controller accepts, on the officer's advice where it has one; and the sub-processor that comes of it.
    async fn accepted(&mut self, agreement: &str, controllers: &Controllers, announced: &Announced, coordinator: &str) {
        let Announced { change, case, .. } = announced;
        let world = self.world;
        if world.appointed.0 {
            let text = world.text("Råd");
            self.done("dso", "giveAdvice", json!({ "changeId": change, "text": text })).await;
            let author = person(self.app, "dso").await["id"].take();
            self.set(change, &json!({ "advice": [{ "text": text, "givenAt": NOW_TOLD, "author": author }] }));
        }
        let confirmed = json!({ "sentOn": "2026-02-03", "receivedOn": "2026-02-04", "missing": ["SEAT"], "completedOn": "2026-02-05" });
        self.in_case(case, "confirmSubProcessorNotice", confirmed).await;
        self.in_case(case, "acceptSubProcessor", json!({ "decidedOn": "2026-02-06", "reason": world.text("Godtaget") })).await;
        let values = json!({ "noticeSentOn": "2026-02-03", "noticeReceivedOn": "2026-02-04", "missingFromNotice": ["SEAT"],
            "completedOn": "2026-02-05", "earliestPossibleDeadline": null, "state": "ACCEPTED", "outcome": null, "decidedOn": "2026-02-06",
            "reason": world.text("Godtaget"), "decidedBy": coordinator, "deadline": self.window(case, ("2026-02-05", "2026-03-02")) });
        self.set(case, &values);
        self.engaged(agreement, controllers, announced).await;
    }

    /// The window to object: seventeen working days.
    fn window(&self, case: &str, (from, due): (&str, &str)) -> Value {
        json!({ "kind": "OBJECTION", "subject": case, "controller": self.records[case].values["controller"], "startEvent": from, "rawDate": due,
            "dueOn": due, "rule": "PUB28 17WD", "legalSource": "GDPR art. 28.2; annex 3 clause 12.6",
            "message": "Object to or accept a sub-processor" })
    }

    /// The engagement that an accepted change brought in.
    async fn engaged(&mut self, agreement: &str, controllers: &Controllers, announced: &Announced) {
        let query = "query($id: ID!) { agreement(id: $id) { subProcessors { nodes { id introducedBy { id } } } } }";
        let found = self.app.as_(self.world.coordinators[0]).query(query, json!({ "id": agreement })).await;
        let found =
            found["agreement"]["subProcessors"]["nodes"].as_array().unwrap().iter().find(|node| !node["introducedBy"].is_null()).map(id);
        let engagement = found.unwrap();
        let authorised = json!([
            { "authorisation": "SPECIFICALLY_APPROVED", "validFrom": "2026-04-01", "controller": controllers.lead, "objectionCase": announced.case },
            // Who signed later signed the list with it.
            { "authorisation": "LISTED_AT_SIGNING", "validFrom": "2026-04-01", "controller": controllers.joining, "objectionCase": null },
        ]);
        let above = self.records[agreement].values["subProcessors"][0].clone();
        let values = json!({ "position": [1, 2], "service": self.world.text("Ny tjänst"), "dataCategories": ["LOCATION"], "validFrom": "2026-04-01",
            "version": 1, "agreement": agreement, "party": announced.sub_processor, "engagedBy": above, "validTo": "2099-01-08", "subAgreementOn": null, "copyRequestedOn": null, "copyReceivedOn": null,
            "processingCountries": [country("IN")], "introducedBy": announced.change, "authorisations": authorised });
        self.put("SubProcessorEngagement", &engagement, self.world.on_record(), values);
        self.append_to(agreement, "subProcessors", &engagement);
        self.append_to(&announced.sub_processor, "engagements", &engagement);
    }

    /// A case in which the controller objects.
    async fn objected(&mut self, announced: &Announced, coordinator: &str) {
        let reason = self.world.text("Avböjt");
        self.in_case(&announced.case, "confirmSubProcessorNotice", json!({ "receivedOn": "2026-09-02" })).await;
        self.in_case(&announced.case, "objectToSubProcessor", json!({ "decidedOn": "2026-09-03", "reason": reason })).await;
        let values = json!({ "noticeSentOn": null, "noticeReceivedOn": "2026-09-02", "missingFromNotice": [], "completedOn": null,
            "earliestPossibleDeadline": null, "deadline": self.window(&announced.case, ("2026-09-02", "2026-09-25")), "state": "OBJECTED", "decidedOn": "2026-09-03",
            "reason": reason, "decidedBy": coordinator });
        self.set(&announced.case, &values);
        self.is_used_by_nobody(&announced.sub_processor);
    }

    /// A case of which the controller has recorded nothing.
    fn unconfirmed(&mut self, announced: &Announced) {
        let values = json!({ "noticeSentOn": null, "noticeReceivedOn": null, "missingFromNotice": [], "completedOn": null,
            "earliestPossibleDeadline": "2026-12-17", "deadline": null, "state": "RECEIPT_UNCONFIRMED", "outcome": null, "decidedOn": null,
            "reason": null, "decidedBy": null });
        self.set(&announced.case, &values);
        self.is_used_by_nobody(&announced.sub_processor);
    }

    fn is_used_by_nobody(&mut self, party: &str) {
        self.set(party, &json!({ "usedBy": [] }));
        self.records.get_mut(party).unwrap().facts.used_by = &[];
    }

    /// The immediate termination that the objection allows.
    async fn terminated(&mut self, agreement: &str, lead: &str, case: &str) {
        self.in_row(agreement, lead, "updateAgreementParty", json!({ "offersLead": true })).await;
        let because = json!({ "objectionCaseId": case, "terminatedOn": "2026-11-19" });
        self.in_row(agreement, lead, "terminateAgreementAtOnce", because).await;
        let returned = json!({ "returnedOrDeletedOn": "2026-11-20", "endOfAgreement": "RETURN" });
        self.in_row(agreement, lead, "recordReturnOrDeletion", returned.clone()).await;
        let values = json!({ "leadOfferedOn": "2026-11-22", "terminatedAtOnceBecauseOf": case, "endsOn": "2026-11-19", "status": "CLOSED",
            "returnOrDeleteBy": "2027-01-05" });
        self.set(lead, &with(returned, &values));
        self.set(case, &json!({ "outcome": "AGREEMENT_TERMINATED", "version": 3 }));
    }

    /// The notice that the processor gives the joining controller.
    async fn given_notice_of(&mut self, agreement: &str, joining: &str) {
        let notice = json!({ "givenBy": "PROCESSOR", "receivedOn": "2026-11-16", "endOfAgreement": "DELETE" });
        self.in_row(agreement, joining, "giveNotice", notice).await;
        let values = json!({ "noticeGivenOn": "2026-11-16", "noticeGivenBy": "PROCESSOR", "endOfAgreement": "DELETE", "status": "NOTICE_GIVEN",
            "endsOn": "2026-12-13", "returnOrDeleteBy": "2027-01-02" });
        self.set(joining, &values);
    }

    /// What the dates come to, for the whole agreement.
    async fn ended(&mut self, agreement: &str, rows: [&str; 3]) {
        self.set(agreement, &json!({ "status": "NOTICE_GIVEN", "endsOn": "2026-12-13", "selfAuditDueOn": "2027-06-02" }));
        for row in rows {
            let nothing = [
                "invitedOn",
                "joinedOn",
                "processingFrom",
                "processingTo",
                "diaryNumber",
                "filedAt",
                "documentUrl",
                "subProcessorAuthorisation",
                "leftOn",
                "leadOfferedOn",
                "noticeGivenOn",
                "noticeGivenBy",
                "endOfAgreement",
                "returnedOrDeletedOn",
                "signedOn",
                "endsOn",
                "returnOrDeleteBy",
                "terminatedAtOnceBecauseOf",
                "responsible",
            ];
            let nothing: serde_json::Map<_, _> = nothing.map(|field| (field.to_owned(), Value::Null)).into_iter().collect();
            let written = self.values(row).take();
            *self.values(row) = with(Value::Object(nothing), &written);
        }
    }
}
