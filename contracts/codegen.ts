/** What is generated from schema.graphql: the server's types and each screen's documents. */
import type { CodegenConfig } from '@graphql-codegen/cli'

const scalars = { Count: 'number', DateTime: 'string' }

const screen = (folder: string) => ({
  [`${folder}/src/generated/`]: {
    preset: 'client' as const,
    documents: [`${folder}/src/**/*.{ts,tsx}`, `!${folder}/src/generated/**`],
    presetConfig: { fragmentMasking: false },
    config: { scalars, enumsAsTypes: true, useTypeImports: true, documentMode: 'string' },
  },
})

const config: CodegenConfig = {
  schema: 'contracts/schema.graphql',
  ignoreNoDocuments: true,
  importExtension: '.ts',
  generates: {
    'contracts/generated/resolvers.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        scalars,
        enumsAsTypes: true,
        useTypeImports: true,
        immutableTypes: true,
        contextType: '../../gateway/api/graphql/viewer.ts#Viewer',
        enumValues: {
          Visibility: { after_vote: 'after-vote', after_close: 'after-close' },
        },
        mappers: {
          Poll: '../poll.ts#Poll as PollModel',
          Tally: '../../gateway/results/seen-tally.ts#SeenTally as TallyModel',
          PollPage: '../../gateway/polls/poll-pages.ts#PollPage as PollPageModel',
          Reconciliation: '../reconciliation.ts#Reconciliation as ReconciliationModel',
          Certification: '../certification.ts#Certification as CertificationModel',
          Report: '../read-model.ts#Report as ReportModel',
          Pipeline: '../../gateway/broadcast/pipeline-watch.ts#Pipeline as PipelineModel',
        },
      },
    },
    ...screen('vote-ui'),
    ...screen('admin-ui'),
  },
}
export default config
