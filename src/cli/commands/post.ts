/** `confirm post`: posts a request and prints its BrokerID (-01 §5.2). */
import type { Command } from "commander";
import { openEnquirer } from "../context.ts";
import { EXIT } from "../exit.ts";
import { type QuestionOptions, codeTeller, questionOf, withQuestionOptions } from "../question.ts";
import type { Run } from "../run.ts";

export function addPost(program: Command, run: Run): void {
  withQuestionOptions(program.command("post"))
    .description("post a request and print its BrokerID, without waiting for the answer")
    .addHelpText("after", '\nExample:\n  confirm post bob@example.com "Open pod bay doors"')
    .action((to: string, heading: string | undefined, options: QuestionOptions) =>
      run(async (context) => {
        const enquirer = await openEnquirer(context);
        const posted = await enquirer.post(await questionOf(to, heading, options, codeTeller(context)));
        context.output.result(posted.brokerId, { brokerId: posted.brokerId, expire: posted.expire });
        return EXIT.done;
      }),
    );
}
