import { secretReference } from "./credential";
import { text } from "./fields";

/** An address without credentials in it, which would end up in logs. */
export const url = text.superRefine((value, context) => {
  const add = (message: string): void => {
    context.addIssue({ code: "custom", message });
  };
  if (!URL.canParse(value)) {
    add("is no URL; write one such as https://prometheus.example.com");
    return;
  }
  const { protocol, username, password } = new URL(value);
  if (!["http:", "https:"].includes(protocol)) add("is neither http nor https");
  if (username !== "" || password !== "") add("has credentials in it; write them as token, or user and password");
});

/** How to say who we are: a bearer token, or a user's name and password. */
export const credentials = {
  token: secretReference.optional(),
  user: text.optional(),
  password: secretReference.optional(),
};
