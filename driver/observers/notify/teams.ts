import { type Format, jsonMessage } from "./format";
import { subjectText, type Tone } from "./notice";

const colors: Readonly<Record<Tone, string>> = {
  good: "good",
  bad: "attention",
  attention: "warning",
  plain: "default",
};

/**
 * A workflow of Microsoft Teams that posts an Adaptive Card when a webhook request is received.
 * https://learn.microsoft.com/en-us/connectors/teams/#microsoft-teams-webhook
 */
export const teams: Format = ({ subject, text, tone }) =>
  jsonMessage({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          // Text blocks would read Markdown in it, such as the underscores of a metric.
          body: [
            paragraph({ text: `${subject.stack}: ${text}`, weight: "bolder", color: colors[tone] }),
            paragraph({ text: subjectText(subject), size: "small", isSubtle: true }),
          ],
          msteams: { width: "Full" },
        },
      },
    ],
  });

function paragraph(run: object) {
  return { type: "RichTextBlock", inlines: [{ type: "TextRun", ...run }] };
}
