/** Puts the control room on the page. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { startSession, takeTokenFromAddress } from './sign-in/use-session.ts'
import '../../vote-ui/src/brand/tokens.css'
import './room/base.css'
import './room/room.css'
import './room/rail.css'
import './room/buttons.css'
import './room/fields.css'
import './room/parts.css'
import './confirm/dialog.css'
import './notices/notices.css'
import './pipeline/strip.css'
import './sign-in/sign-in.css'
import './polls/polls.css'
import './poll/poll.css'
import './poll/tally.css'
import './poll/result.css'
import './books/books.css'
import './certification/certification.css'
import './report/report.css'
import './poll-form/poll-form.css'
import './poll-form/option-rows.css'
import './poll-form/box-rows.css'
import './pipeline/pipeline.css'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
// Before anything is drawn: a token in the address may not be seen.
const start = startSession(takeTokenFromAddress())
createRoot(root).render(
  <StrictMode>
    <App start={start} />
  </StrictMode>,
)
