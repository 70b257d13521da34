import { type Format, jsonMessage } from "./format";
import { subjectText, type Tone } from "./notice";

const marks: Readonly<Record<Tone, string>> = {
  good: ":white_check_mark: ",
  bad: ":rotating_light: ",
  attention: ":hourglass_flowing_sand: ",
  plain: "",
};

/** An incoming webhook of Slack. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export const slack: Format = ({ subject, text, tone }) => {
  const line = `${subject.stack}: ${text}`;
  const plain = (words: string) => ({ type: "plain_text", text: words, emoji: true });
  return jsonMessage({
    // Shown where blocks are not, and read as Slack's markup: https://docs.slack.dev/messaging/formatting-message-text
    text: line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
    blocks: [
      { type: "section", text: plain(marks[tone] + line) },
      { type: "context", elements: [plain(subjectText(subject))] },
    ],
  });
};
