import { serve } from '../shared/service.ts'

serve(({ pathname }) => ({ status: 200, text: pathname === '/readyz' ? 'ready' : 'what the store holds' }))
