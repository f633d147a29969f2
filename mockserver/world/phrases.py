"""Business English: what subjects, notes, titles and transcripts are made of. Places like `{first}` are filled in."""


def words(text: str) -> tuple[str, ...]:
    """The words of a text: `words("red green")` is `("red", "green")`."""
    return tuple(text.split())


SUBJECTS = (
    "Welcome aboard",
    "Next steps after our call",
    "Proposal for {company}",
    "Contract renewal",
    "Agenda for Thursday",
    "Question about the invoice",
    "Pricing for the annual plan",
    "Introducing your new account manager",
    "Follow-up on the demo",
    "Onboarding checklist",
    "Updated quote attached",
    "Notes from today's meeting",
    "Quick question about the integration",
    "Rescheduling our call",
    "Feedback on the pilot",
    "Access for two more colleagues",
    "Budget approval for next quarter",
    "Data export as discussed",
    "Renewal terms for {company}",
    "Training session next week",
    "Status of the migration",
    "Your order has shipped",
    "Security questionnaire",
    "Moving the kick-off to Monday",
    "Thank you for your time today",
)
MESSAGES = (
    "Hi {first}, thanks for your time today. I have attached the proposal we discussed.",
    "Hello {first}, could you send me the signed order form by Friday?",
    "Hi {first}, just checking in on the quote from last week. Do you have any questions?",
    "Good morning {first}, the migration is done. Please let us know if anything looks off.",
    "Hi {first}, your team now has access. The onboarding guide is in the shared folder.",
    "Hello {first}, we would like to add two seats to our plan. What would that cost?",
    "Hi {first}, can we move our call to Thursday afternoon?",
    "Thanks {first}, that answers my question. I will bring it up with the team.",
    "Hi {first}, the invoice shows the old address. Could you please correct it?",
    "Hello {first}, finance has approved the budget, so we can go ahead.",
)
NOTES = (
    "Met at the trade fair in March; wants a demo for the whole team.",
    "Prefers e-mail over phone. Decision expected by the end of the quarter.",
    "Currently uses a spreadsheet; main pain is duplicate records.",
    "Asked for references from the same industry.",
    "Budget holder is the head of operations.",
    "Interested in the annual plan if the integration is included.",
    "Very happy with support; good candidate for a case study.",
    "Contract with the current vendor ends in June.",
    "Needs a data processing agreement before the trial starts.",
    "Left a voicemail, will try again next week.",
    "Wants to start small, five seats, and expand later.",
    "Introduced by an existing customer.",
)
DESCRIPTIONS = (
    "Everything that the sales team needs to follow up in time.",
    "Quarterly review with the account team and the customer.",
    "Used by the support team for incoming requests.",
    "Covers setup, training and the first three months.",
    "Internal work that isn't billed to a customer.",
    "Collects all requests that came in through the website.",
    "Agreed with the customer on the kick-off call.",
    "Keeps the records of both systems in step.",
    "Set up for the spring campaign.",
    "Replaces the process that ran on shared spreadsheets.",
)
TASKS = (
    "Call back about the quote",
    "Send the signed contract",
    "Prepare the demo environment",
    "Review the renewal terms",
    "Update the billing address",
    "Schedule the kick-off meeting",
    "Collect feedback on the pilot",
    "Check the import for duplicates",
    "Write the onboarding e-mail",
    "Clean up the lead list",
    "Confirm the delivery date",
    "Draft the statement of work",
)
DEALS = (
    "{company} annual plan",
    "{company} pilot",
    "{company} renewal",
    "{company} expansion, 20 seats",
    "Onboarding package for {company}",
    "{company} upgrade to Pro",
    "Support contract for {company}",
    "{company} rollout, phase 1",
)
TICKETS = (
    "Can't sign in after the password reset",
    "Import stops at row 500",
    "Invoice shows the wrong address",
    "Export lacks the notes",
    "Notifications arrive twice",
    "Please add a colleague to our account",
    "Search doesn't find archived records",
    "Slow dashboard since Monday",
)
TRANSCRIPT = (
    "Agent: Hello {first}, this is {agent}. Do you have a few minutes?\n{first}: Sure, go ahead.\nAgent: "
    "You asked about our annual plan.\n"
    "{first}: Yes, we are about twenty people and would like to start next month.\nAgent: Great, I will "
    "send you an offer today.",
    "Agent: Hi {first}, I am calling about the form you filled in.\n{first}: Right, I wanted to know "
    "what the setup costs.\n"
    "Agent: Setup is included. Shall we look at it together on Thursday?\n{first}: Thursday at ten works for me.",
    "Agent: Good afternoon, is this {first}?\n{first}: Speaking.\nAgent: I promised to call back about "
    "the invoice. It has been corrected.\n"
    "{first}: Perfect, thank you very much.",
)
JOBS = {
    "Sales Manager": 6,
    "Account Executive": 5,
    "Marketing Manager": 5,
    "Operations Manager": 4,
    "Head of Sales": 3,
    "CEO": 3,
    "CTO": 2,
    "Founder": 3,
    "Office Manager": 3,
    "Procurement Manager": 3,
    "Finance Director": 2,
    "Product Manager": 3,
    "Customer Success Manager": 3,
    "IT Manager": 3,
    "VP of Sales": 2,
    "Software Engineer": 2,
    "HR Manager": 2,
    "Project Manager": 3,
    "Head of Marketing": 2,
    "Business Development Manager": 3,
    "Controller": 1,
    "COO": 1,
    "Buyer": 2,
    "Support Lead": 2,
}
DEPARTMENTS = (
    "Sales",
    "Marketing",
    "Operations",
    "Finance",
    "Support",
    "Engineering",
    "Product",
    "Human Resources",
    "Legal",
)
TAGS = (
    "vip",
    "newsletter",
    "partner",
    "trial",
    "renewal",
    "churn-risk",
    "webinar",
    "priority",
    "referral",
    "beta",
    "enterprise",
)
SOURCES = {"website": 5, "referral": 3, "event": 2, "cold call": 1, "advertisement": 2, "partner": 1}
STAGES = ("New", "Qualified", "Demo scheduled", "Proposal sent", "Negotiation", "Won", "Lost")
PIPELINES = ("Sales", "Renewals", "Partnerships", "Onboarding", "Upsell")
CAMPAIGNS = (
    "Spring newsletter",
    "Product launch",
    "Webinar follow-up",
    "Year-end offer",
    "Customer stories",
    "Win-back",
)
PRODUCTS = (
    "Starter plan",
    "Team plan",
    "Business plan",
    "Onboarding package",
    "Premium support",
    "Analytics add-on",
    "Training day",
    "Data import service",
    "Extra storage",
    "API access",
)
PROJECTS = (
    "Website relaunch",
    "CRM migration",
    "Customer portal",
    "Office move",
    "Annual report",
    "Mobile app",
    "Warehouse automation",
)
FILES = (
    "proposal",
    "contract",
    "invoice",
    "meeting-notes",
    "price-list",
    "presentation",
    "report",
    "order-form",
    "statement-of-work",
)
TEAMS = ("Sales", "Customer Success", "Support", "Marketing", "Operations", "Finance", "Platform", "Partnerships")
WORDS = (
    "standard",
    "priority",
    "regional",
    "annual",
    "internal",
    "premium",
    "shared",
    "primary",
    "general",
    "monthly",
    "direct",
    "basic",
)
COLORS = ("#1f77b4", "#2ca02c", "#d62728", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2")
COLOR_NAMES = ("blue", "green", "red", "purple", "orange", "teal", "yellow", "gray")
HTML = "<p>{text}</p>"
